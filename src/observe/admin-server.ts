import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Meter } from './meter.js'
export class AdminServer {
  private readonly server: Server = createServer((_req, res) => res.end('{}'))
  constructor(readonly options: { meter: Meter; status: () => object }) {}
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(port, host, resolve))
    return (this.server.address() as AddressInfo).port
  }
  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve))
  }
}
