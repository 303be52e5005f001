import type { ClientOptions } from '#client/api.js'
import { Client } from '#client/client.js'
import { v1Dialect } from '#client/v1-dialect.js'
import type { Dialect } from '#client/dialect.js'
import { SimulatedSurroundings, type SimulatedSocket } from './simulated-surroundings.js'

const greeting = {
  ...{ type: 'connection_established', client_id: 'tab-1', message: '', node: 'node-1', token_expires_in_s: 3600 },
  features: ['authenticate', 'list', 'ping', 'resume', 'snapshot'],
  limits: { subscriptions: 1000, frames_per_second: 1000, bytes_per_frame: 128, frame_bytes: 16_384 },
}

interface Order {
  readonly id: string
  readonly status: string
  readonly email?: string
}

export interface TestEntities {
  readonly order: Order
  readonly invoice: { readonly total: string }
}

/** A client, and its server in the hands of the test. */
export function clientFixture(options: Partial<ClientOptions> = {}, dialect: Dialect = v1Dialect) {
  const world = new SimulatedSurroundings()
  const client = new Client<TestEntities>('ws://gateway/', { token: 'ann.1', clientId: 'tab-1', ...options }, dialect, world)
  return {
    world,
    client,
    /** Lets the client connect, and answers the socket. */
    live: (more: object = {}): SimulatedSocket => {
      world.settle()
      world.socket.receive({ ...greeting, ...more })
      world.settle()
      return world.socket
    },
  }
}

/** The requests of one type that a socket has been sent, those in lists among them. */
export function requestsOf(socket: SimulatedSocket, type: string): Record<string, unknown>[] {
  return socket.sent
    .filter((frame) => frame['type'] === type)
    .flatMap((frame) => (frame['subscriptions'] as Record<string, unknown>[] | undefined) ?? [frame])
}

/** Answers the last subscription that was asked for. */
export function grant(socket: SimulatedSocket, more: object = {}): void {
  const { entity_id, entity_type, ref } = requestsOf(socket, 'subscribe').at(-1)!
  socket.receive({ type: 'subscription_success', entity_id, entity_type, ref, ...more })
}

export function update(entity_id: string, data: object, cursor: string, operation = 'update', entity_type = 'order'): object {
  return { type: 'entity_update', entity_id, entity_type, operation, data, timestamp: '2026-01-01T12:00:00.000Z', cursor }
}
