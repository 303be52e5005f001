import { readFileSync } from 'node:fs'
import type { Clock } from '#clock.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { parsePolicy } from '#policy/role-policy.js'
import { embeddedFrom } from '#sample/embedded.js'
import { sampleUsers, type SampleUser } from '#sample/users.js'
import { leafTextsOf, type LeafTexts } from '#tools/cli/tail/leaf-texts.js'
import { writeRequest } from '#protocol/request.js'
import { identity } from '../gateway/connection-fixture.js'
import { loneNode } from '../gateway/lone-node.js'
import { HeldPolicy } from '../gateway/held-policy.js'
import { FakeTransport } from '../gateway/fake-transport.js'
import { gatewayLimits } from '../gateway/gateway-limits.js'
import { randomFrom } from '../gateway/simulated-world.js'
import { recordingLog } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'

export const orderId = 'order-1001'

/** Gives the order a single article, so that the picture is no longer than it must be. */
const seed = 7
/** By then the order was created and paid. */
const paidAfterMs = 2_000

/** No sample user: sees what the service has published. */
const auditor = { sub: 'auditor', roles: ['auditor'] }

/** The order's latest update as the gateway sent it to one user: its fields by their paths. */
export interface OrderView {
  readonly user: SampleUser
  readonly fields: LeafTexts
}

export interface OrderViews {
  readonly published: LeafTexts
  readonly views: readonly OrderView[]
}

/** The sample shop with its own schemas and policy in the whole gateway; the clock and the sockets alone are simulated. */
export async function orderViews(): Promise<OrderViews> {
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
    longs: 'number',
  } as const
  const gateway = new Gateway({ ...parts, policy: new HeldPolicy(samplePolicy()) })
  await Promise.all([gateway.start(), clock.advance(0)])
  const [published, ...others] = [auditor, ...sampleUsers.map(({ claims }) => claims)].map((claims) => subscribe(gateway, claims))
  shop.open()
  await clock.advance(paidAfterMs)
  shop.close()
  const stopped = gateway.stop(1_000)
  await clock.advance(2_000)
  await stopped
  return { published: latest(published!), views: sampleUsers.map((user, index) => ({ user, fields: latest(others[index]!) })) }
}

function samplePolicy() {
  const { roles } = JSON.parse(readFileSync('schemas/policy.json', 'utf8')) as { roles: object }
  return parsePolicy(JSON.stringify({ roles: { ...roles, auditor: [{ action: 'read', subject: 'order', fields: ['**'] }] } }))
}

function subscribe(gateway: Gateway, { sub, roles, ...claims }: SampleUser['claims']): FakeTransport {
  const transport = new FakeTransport()
  const connection = gateway.connections.accept(identity({ sub, roles, claims: { sub, ...claims } }), transport)
  connection.receiveText(writeRequest({ type: 'subscribe', entity_id: orderId }))
  return transport
}

function latest({ received }: FakeTransport): LeafTexts {
  return leafTextsOf(received.findLast((text) => text.includes('"entity_update"'))!)
}
