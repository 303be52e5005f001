import { readFileSync } from 'node:fs'
import type { Clock } from '#clock.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { parsePolicy } from '#policy/role-policy.js'
import { writeRequest, type Request } from '#protocol/request.js'
import { embeddedFrom } from '#sample/embedded.js'
import type { SampleUser } from '#sample/users.js'
import { identity } from '../gateway/connection-fixture.js'
import { FakeTransport } from '../gateway/fake-transport.js'
import { gatewayLimits } from '../gateway/gateway-limits.js'
import { HeldPolicy } from '../gateway/held-policy.js'
import { loneNode } from '../gateway/lone-node.js'
import { randomFrom } from '../gateway/simulated-world.js'
import { recordingLog } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'

/** Gives the order a single article, so that what shows it is no longer than it must be. */
const seed = 2

/** No sample user: sees what the service has published. */
export const auditor: SampleUser['claims'] = { sub: 'auditor', roles: ['auditor'] }

interface Visit {
  /** When they come, after the shop has opened, and for how long they stay. */
  readonly afterMs: number
  readonly staysMs: number
  readonly request: Request
}

/**
 * What each of these users is sent by the sample shop with its own schemas and policy in the whole gateway; the clock and the sockets alone
 * are simulated.
 */
export async function sentBySample(users: readonly SampleUser['claims'][], { afterMs, staysMs, request }: Visit): Promise<string[][]> {
  const clock: Clock & SimulatedClock = new SimulatedClock()
  const random = randomFrom(seed)
  const { shop, topics, ...feed } = embeddedFrom('schemas', clock, random)
  const parts = {
    ...feed,
    ...loneNode,
    source: new MemorySource(topics, clock),
    clock,
    random,
    meter: new Meter(),
    log: recordingLog(),
    limits: gatewayLimits,
    state: { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 } },
    longs: 'number',
  } as const
  const gateway = new Gateway({ ...parts, policy: new HeldPolicy(samplePolicy()) })
  await Promise.all([gateway.start(), clock.advance(0)])
  shop.open()
  await clock.advance(afterMs)
  const transports = users.map((claims) => subscribe(gateway, claims, request))
  await clock.advance(staysMs)
  shop.close()
  const stopped = gateway.stop(1_000)
  await clock.advance(2_000)
  await stopped
  return transports.map(({ received }) => received)
}

function samplePolicy() {
  const { roles } = JSON.parse(readFileSync('schemas/policy.json', 'utf8')) as { roles: object }
  return parsePolicy(JSON.stringify({ roles: { ...roles, auditor: [{ action: 'read', subject: 'order', fields: ['**'] }] } }))
}

function subscribe(gateway: Gateway, { sub, roles, ...claims }: SampleUser['claims'], request: Request): FakeTransport {
  const transport = new FakeTransport()
  const connection = gateway.connections.accept(identity({ sub, roles, claims: { sub, ...claims } }), transport)
  connection.receiveText(writeRequest(request))
  return transport
}
