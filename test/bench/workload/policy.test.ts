import { test } from 'tap'
import { encodeEvent, entityIdOf, eventSchema, firstSequence } from '../../../bench/workload/order.js'
import { expectedFor, policyText, roles } from '../../../bench/workload/policy.js'
import { parsePolicy } from '#policy/role-policy.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import type { EntityDefinition } from '#entities.js'
import { Gateway } from '#gateway/gateway.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { identity } from '../../support/gateway/connection-fixture.js'
import { loneNode } from '../../support/gateway/lone-node.js'
import { HeldPolicy } from '../../support/gateway/held-policy.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'
import { gatewayLimits as limits } from '../../support/gateway/gateway-limits.js'
import { recordingLog } from '../../support/running/recording-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

const entity: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'event', topic: 'order' }

/** A gateway that is fed by the workload, and for each role a client that has subscribed to the order. */
async function fedGateway(watched: number) {
  const clock = new SimulatedClock()
  const registry = new MemoryRegistry()
  const schemaId = registry.register('order-value', JSON.stringify(eventSchema))
  const topics = new MemoryTopics({ clock })
  const source = new MemorySource(topics, clock)
  topics.create('order', 1)
  const meter = new Meter()
  const policy = new HeldPolicy(parsePolicy(policyText))
  const parts = {
    ...loneNode,
    source,
    registry,
    policy,
    limits,
    clock,
    meter,
    longs: 'number',
    random: () => 0,
    log: recordingLog(),
  } as const
  const gateway = new Gateway({ ...parts, entities: [entity] })
  await gateway.start()
  const clients = roles.map((role) => {
    const transport = new FakeTransport()
    const client = identity({ sub: role, roles: [role], subprotocol: undefined })
    gateway.connections.accept(client, transport).receiveText(JSON.stringify({ type: 'subscribe', entity_id: entityIdOf(watched) }))
    return { role, transport }
  })
  const feed = (order: number, sequence: number) =>
    void topics.append('order', { key: Buffer.from(entityIdOf(order)), value: encodeEvent(schemaId, order, sequence, clock.now()) })
  return { clients, feed, meter, settle: () => clock.settle() }
}

test('expects of each role what the gateway sends it', async (t) => {
  const { clients, feed, meter, settle } = await fedGateway(123)
  const sequences = [0, 1, 2, 3, 4_000_000].map((nth) => firstSequence + nth)
  for (const sequence of sequences) feed(123, sequence)
  feed(124, firstSequence)
  await settle()
  for (const { role, transport } of clients) {
    const expected = sequences.map((sequence) => expectedFor(role, 123, sequence))
    t.same(
      transport.updates().map(({ data }) => JSON.stringify(data)),
      expected.map((data) => JSON.stringify(data)),
      role,
    )
  }
  t.equal(meter.framesEncoded, roles.length * sequences.length, 'each role has a mask of its own')
})
