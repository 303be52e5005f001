import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { until } from '../kafka/source-reader.js'

/** How often nodes are asked whether they are ready. */
const probeMs = 100

/** A plain balancer of TCP connections before some nodes: a new one goes to the next node that says it is ready, and that can be reached. */
export class Balancer {
  /** The ports of the nodes that it knows. */
  private readonly nodes = new Set<number>()
  private ready: readonly number[] = []
  private turn = 0
  private readonly sockets = new Set<Socket>()
  private hasStopped = false

  private constructor(readonly port: number) {}

  static async start(t: Test): Promise<Balancer> {
    const server = createServer((client) => balancer.carry(client.on('error', () => undefined)))
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
    const balancer = new Balancer((server.address() as { port: number }).port)
    const probing = balancer.probeOn()
    t.teardown(async () => {
      balancer.hasStopped = true
      server.close()
      for (const socket of balancer.sockets) socket.destroy()
      await probing
    })
    return balancer
  }

  /** Resolves when the node at this port gets its share of what comes from here on. */
  async add(port: number): Promise<void> {
    this.nodes.add(port)
    await until('the balancer finds the node ready', () => this.ready.includes(port))
  }

  private async probeOn(): Promise<void> {
    while (!this.hasStopped) {
      const asked = await Promise.all([...this.nodes].map(async (port) => ((await isReady(port)) ? [port] : [])))
      this.ready = asked.flat()
      await new Promise((resolve) => setTimeout(resolve, probeMs))
    }
  }

  private carry(client: Socket): void {
    const port = this.ready[this.turn++ % this.ready.length]
    if (port === undefined) return void client.destroy()
    const node = connect(port, '127.0.0.1')
    node.once('error', () => {
      this.ready = this.ready.filter((one) => one !== port)
      if (!client.destroyed) this.carry(client)
    })
    node.once('connect', () => {
      node.removeAllListeners('error').on('error', () => undefined)
      if (client.destroyed) node.destroy()
      else this.join(client, node)
    })
  }

  private join(...both: readonly [client: Socket, node: Socket]): void {
    const [client, node] = both
    for (const socket of both) {
      this.sockets.add(socket)
      socket.on('close', () => {
        this.sockets.delete(socket)
        // What is on its way to the other side, its close code above all, arrives there first.
        both.forEach((one) => one.destroySoon())
      })
    }
    client.pipe(node).pipe(client)
  }
}

async function isReady(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}
