import type { Dialect } from '#protocol/dialect.js'
import { parsePolicy } from '#policy/role-policy.js'
import { scriptedServer, type ScriptedServer } from '#client/testing/scripted-server.js'
import { StatefulGateway, type StatefulClient } from '../gateway/stateful-gateway.js'

/** A client without a library: what it asks for, and what it has been sent since it was last asked. */
interface Peer {
  ask(request: object): void
  heard(): Record<string, unknown>[]
  leave(): void
}

/** A server of orders, of which a conversation says what happens there. */
export interface ConversingServer {
  /** By the seed's protocol alone, or with all that a later client asks for. */
  connect(dialect: Dialect): Peer
  write(id: string, status: string): void
  remove(id: string): void
  /** Rights show nothing of these any more, and all else of orders. */
  hide(...ids: string[]): void
  forbid(): void
  /** From the first one on nobody reads what they are sent, until all go on. */
  leaveOut(id: string, first: string, ...statuses: string[]): void | Promise<void>
  goOn(): void
  settle(): Promise<void>
}

export async function realServer(): Promise<ConversingServer> {
  const gateway = await StatefulGateway.start({ subscriptionsMax: 5, collectionsMax: 5, mailboxBytesMax: 100_000 })
  const clients: StatefulClient[] = []
  const known = new Set<string>()
  const policy = (rules: object[]) => gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { all: rules, other: [other] } })))
  const other = { action: 'read', subject: 'order', fields: ['**'] }
  gateway.sign('good', { roles: ['all'] })
  return {
    connect(dialect) {
      const subprotocol = dialect === 'seed' ? undefined : dialect
      const client = gateway.connect({ expiresAtMs: gateway.clock.now() + 3_600_000, subprotocol })
      clients.push(client)
      return { ask: (request) => client.send(JSON.stringify(request)), heard: () => client.heard(), leave: () => client.leave() }
    },
    write(id, status) {
      gateway.write(id, { status }, gateway.clock.now(), known.has(id) ? 'update' : 'create')
      known.add(id)
    },
    remove(id) {
      gateway.remove(id)
      known.delete(id)
    },
    hide: (...ids) => policy([{ ...other, conditions: { id: { $nin: ids } } }]),
    forbid: () => policy([]),
    async leaveOut(id, first, ...statuses) {
      for (const { transport } of clients) Object.assign(transport, { reads: false, buffered: 70_000 })
      gateway.write(id, { status: first })
      await gateway.settle()
      for (const status of statuses) gateway.write(id, { status })
    },
    goOn: () => clients.forEach((client) => client.drain()),
    settle: () => gateway.settle(),
  }
}

export function scriptServer(): ConversingServer {
  const server = scriptedServer({
    limits: { subscriptions: 5, frames_per_second: 1000, bytes_per_frame: 128, frame_bytes: 16_384, collections: 5 },
  })
  const entity = (id: string, status: string) => ({ id, status, owner: 'ann', email: 'a@example.org' })
  const hidden = new Set<string>()
  let leftOut: (() => void) | undefined
  return {
    connect: (dialect) => scriptPeer(server, dialect),
    write: (id, status) => server.update('order', id, entity(id, status)),
    remove: (id) => server.delete('order', id),
    hide(...ids) {
      for (const id of hidden) if (!ids.includes(id)) server.show('order', id)
      for (const id of ids) server.hide('order', id)
      server.allow('order')
      ids.forEach((id) => hidden.add(id))
    },
    forbid: () => server.forbid('order'),
    leaveOut(id, first, ...statuses) {
      server.update('order', id, entity(id, first))
      leftOut = () => {
        server.gap('order', id, statuses.length - 1)
        server.update('order', id, entity(id, statuses.at(-1)!))
      }
    },
    goOn: () => leftOut?.(),
    settle: () => server.settled(),
  }
}

function scriptPeer(server: ScriptedServer, dialect: Dialect): Peer {
  const protocols = dialect === 'seed' ? [] : [dialect, 'bearer.good']
  const socket = new server.WebSocket('ws://script/ws/tab-1?access_token=good', protocols)
  const received: Record<string, unknown>[] = []
  socket.addEventListener('message', ({ data }: { data: string }) => received.push(JSON.parse(data) as Record<string, unknown>))
  return { ask: (request) => socket.send(JSON.stringify(request)), heard: () => received.splice(0), leave: () => socket.close(1000) }
}
