import type { Subprotocol } from '#protocol/dialect.js'
import { signedToken } from '../../test/support/gateway/tokens.js'
import type { RunningServer } from '../contenders/contender.js'
import type { ClientPlan } from '../load/client-plan.js'

/** One client as a scenario has it in mind. */
export interface ClientSketch {
  readonly role: string
  /** What `expectedData` knows it by; the role unless told. */
  readonly label?: string
  /** Whether it may see the events of its entities at all; so unless told. */
  readonly sees?: boolean
  /** Whether its latencies count; so unless told. */
  readonly timed?: boolean
  readonly entities: readonly number[]
  readonly bytesPerSecond?: number
  readonly subprotocol?: Subprotocol
  readonly subscribesLater?: boolean
  readonly keepsCursors?: boolean
  /** The collection that its entities are; it subscribes to each of them unless told. */
  readonly where?: Readonly<Record<string, unknown>>
  readonly sub?: string
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A day: no trial is as long. */
const tokenSeconds = 86_400

/** Where each connects, and with which token. */
export function plansOf(server: RunningServer, clients: readonly ClientSketch[]): Promise<ClientPlan[]> {
  return Promise.all(clients.map((client, index) => planOf(server, client, index)))
}

async function planOf(server: RunningServer, client: ClientSketch, index: number): Promise<ClientPlan> {
  const { role, label = role, sees = true, timed = true, sub = `user-${index}`, claims, ...others } = client
  return {
    ...others,
    url: server.clientUrl(index, { role, region: claims?.['region'] as string | undefined }),
    token: await signedToken({ sub, roles: [role], exp: Math.floor(Date.now() / 1000) + tokenSeconds, ...claims }),
    ...{ role: label, sees, timed },
    ...(server.socketIo && { socketIo: true }),
  }
}
