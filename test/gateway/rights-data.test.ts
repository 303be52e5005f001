import { test } from 'tap'
import { controlledPolicy, ControlledWorld } from '../support/gateway/controlled-gateway.js'

const byTopic = { policyTopic: 'policy' }

test('a node whose policy stands on a topic lets nobody in before there is one that can be used', async (t) => {
  const world = new ControlledWorld(byTopic)
  const { gateway } = world.node()
  const started = gateway.start()
  const reasons: string[] = []
  const settle = async () => {
    await world.clock.settle()
    t.equal(gateway.connections.admissionRefusal(), 'starting')
    t.equal(gateway.status().ready, false)
    reasons.push(gateway.status().reasons.join())
  }
  await settle()
  world.topics.create('policy', 1)
  await settle()
  world.publish('{')
  await settle()
  t.match(reasons, [/the control topic policy does not exist/, /has no record with the key "policy"/, /POLICY_TOPIC: .* is not JSON/])
  world.publish(controlledPolicy)
  await world.clock.settle()
  await started
  t.same(gateway.status(), { ready: true, reasons: [] })
  t.equal(gateway.connections.admissionRefusal(), undefined)
})

test('a policy that is written to its topic changes the pages at each node, also while a node drains', async (t) => {
  const world = new ControlledWorld(byTopic)
  world.topics.create('policy', 1)
  world.publish(controlledPolicy)
  const nodes = [world.node(), world.node()]
  const started = Promise.all(nodes.map(({ gateway }) => gateway.start()))
  await world.clock.settle()
  await started
  world.write('o-1')
  const clients = nodes.map((node) => node.connect({ roles: ['clerk'] }))
  for (const { ask } of clients) ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order', snapshot: true })
  await world.clock.settle()
  const shown = () => clients.map(({ heard }) => heard().flatMap(({ type, data }) => (type === 'entity_update' ? [data] : [])))
  t.same(shown(), [[{ id: 'o-1', status: 'NEW' }], [{ id: 'o-1', status: 'NEW' }]])

  world.publish({ roles: { clerk: [{ action: 'read', subject: 'order', fields: ['id', 'team'] }] } })
  await world.clock.settle()
  t.same(shown(), [[{ id: 'o-1', team: 'red' }], [{ id: 'o-1', team: 'red' }]])

  // The first client reads nothing, so that its node waits for it.
  clients[0]!.transport.buffered = 1_000_000
  const stopped = nodes[0]!.gateway.stop(10_000)
  await world.clock.settle()
  world.publish({ roles: {} })
  await world.clock.settle()
  t.equal(nodes[0]!.meter.policyReloads.get('applied'), 3, 'the node that drains has read it')
  await world.clock.advance(20_000)
  await stopped
  world.publish(controlledPolicy)
  await world.clock.settle()
  t.equal(nodes[0]!.meter.policyReloads.get('applied'), 3, 'and reads nothing more behind it')
})
