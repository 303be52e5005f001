import { test } from 'tap'
import { writeRequest } from '#protocol/request.js'
import { identity } from '../../support/gateway/connection-fixture.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'
import { TabledGateway } from '../../support/gateway/tabled-gateway.js'

/** Answers how many orders with this note there are, for a user of their own. */
async function count(gateway: TabledGateway, note: string): Promise<number> {
  const transport = new FakeTransport()
  const who = identity({ sub: `user-${gateway.meter.connectionsAccepted}`, roles: ['all'], subprotocol: 'sluice.v1' })
  const connection = gateway.gateway.connections.accept(who, transport)
  connection.receiveText(writeRequest({ type: 'subscribe', entity_type: 'order', where: { note }, snapshot: true }))
  await gateway.clock.settle()
  const complete = transport.received
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .find(({ type }) => type === 'snapshot_complete')
  connection.closed(1000, false)
  return Number(complete?.['count'])
}

const rows = 500

async function filled(bytesMax: number): Promise<TabledGateway> {
  const gateway = new TabledGateway({ bytesMax })
  for (let row = 0; row < rows; row++) gateway.write('order', `order-${row}`, `note-${row % 100}`)
  await gateway.start()
  return gateway
}

test('an index counts in the limit of all tables, and gives way where they need the room: no type is given up for it', async (t) => {
  const roomy = await filled(100_000_000)
  t.equal(await count(roomy, 'note-7'), 5)
  const [{ bytes, indexes } = { bytes: 0, indexes: { bytes: 0 } }] = roomy.meter.versions!.byType.values()
  t.ok(indexes.bytes > 0)

  const narrow = await filled(bytes + indexes.bytes - 1)
  t.equal(await count(narrow, 'note-7'), 5)
  t.equal(narrow.meter.versions!.byType.get('order')!.indexes.bytes, 0, 'what it begins does not fit')

  const growing = await filled(bytes + indexes.bytes + 1_000)
  const table = growing.meter.versions!.byType.get('order')!
  t.equal(await count(growing, 'note-7'), 5)
  t.ok(table.indexes.bytes > 0)
  for (let row = 0; row < 50; row++) growing.write('order', `further-${row}`, 'note-7')
  await growing.clock.settle()
  t.equal(table.indexes.bytes, 0)
  t.equal(await count(growing, 'note-7'), 55)
  for (const { meter } of [roomy, narrow, growing]) t.equal(meter.tablesGivenUp, 0)
})

test('a type without a table has no collections, which is said by name, and the others have theirs', async (t) => {
  const gateway = new TabledGateway({ bytesMax: 50_000 })
  for (let row = 0; row < 100; row++) gateway.write('order', `order-${row}`, 'x'.repeat(1_000))
  await gateway.start()
  const transport = new FakeTransport()
  const connection = gateway.gateway.connections.accept(identity({ roles: ['all'], subprotocol: 'sluice.v1' }), transport)
  for (const entity_type of ['order', 'parcel']) connection.receiveText(writeRequest({ type: 'subscribe', entity_type, where: {} }))
  await gateway.clock.settle()
  t.match(transport.messages().slice(-2), [
    { type: 'error', code: 'state_unavailable', entity_type: 'order' },
    { type: 'subscription_success', entity_type: 'parcel' },
  ])
})
