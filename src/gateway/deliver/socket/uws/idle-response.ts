import { connect, type Socket } from 'node:net'

interface Response {
  cork(write: () => void): unknown
  onAborted(handler: () => void): unknown
}

type Listener = object | false

/** The part of the server library that is used here. */
export interface HttpLibrary {
  App(): {
    get(path: string, handler: (response: Response) => void): unknown
    listen(host: string, port: number, listening: (listener: Listener) => void): unknown
    close(): unknown
  }
  us_socket_local_port(listener: object): number
  us_listen_socket_close(listener: object): void
}

/**
 * A response that is never given, to be corked in place of one that is upgraded. After an upgrade inside its own `cork`, the library reads
 * memory that the upgrade has freed, and may close the new socket because of it (uWebSockets #1929): 1 of 200 upgrades on a busy machine.
 * Without any `cork` it complains on stderr each time. With another response corked it does neither, but its answer leaves in many small
 * writes, so that an upgrade costs 0.15 ms instead of 0.02.
 */
export class IdleResponse {
  private readonly app: ReturnType<HttpLibrary['App']>
  private response: Response | undefined
  private client: Socket | undefined

  constructor(private readonly library: HttpLibrary) {
    this.app = library.App()
  }

  /** Requests the response over the loopback, on a port that is closed again once the response is there. */
  async open(): Promise<void> {
    if (this.client !== undefined) return
    const listener = await new Promise<Listener>((resolve) => this.app.listen('127.0.0.1', 0, resolve))
    if (listener === false) return
    const client = connect(this.library.us_socket_local_port(listener), '127.0.0.1').on('error', () => undefined)
    this.client = client
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise<void>((resolve) => {
      this.app.get('/', (response) => {
        this.hold(response)
        resolve()
      })
      client.on('close', resolve)
    })
    this.library.us_listen_socket_close(listener)
  }

  /** Without a loopback there is no idle response and the own one is corked: upgrades that fail now and then are better than none. */
  cork(own: Pick<Response, 'cork'>, write: () => void): void {
    ;(this.response ?? own).cork(write)
  }

  close(): void {
    this.response = undefined
    this.client?.destroy()
    this.app.close()
  }

  private hold(response: Response): void {
    this.response = response
    response.onAborted(() => (this.response = undefined))
  }
}
