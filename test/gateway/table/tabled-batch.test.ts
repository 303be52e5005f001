import { test } from 'tap'
import { filesIn } from '../../support/conventions/readme-blocks.js'
import type { FakeTransport } from '../../support/gateway/fake-transport.js'
import { ForeignTopics, type ForeignTopicsOptions } from '../../support/gateway/foreign-topics.js'
import { fc } from '../../support/running/seeded-properties.js'
import { type AvroJson, encode } from '../../support/values/avro-cases.js'

const topic = 'shop.events'
const entities = filesIn('src/gateway/decode/README.md')['shared.json']!
const roles = {
  clerk: ['shipment', 'payment'].map((subject) => ({ action: 'read', subject, fields: ['**'] })),
  eu: [{ action: 'read', subject: 'shipment', fields: ['**'], conditions: { note: 'eu' } }],
}
const names = ['OrderShipped', 'PaymentReceived'] as const
type RecordName = (typeof names)[number]
const schemas = Object.fromEntries(
  [...names, 'Note'].map((name) => [
    name,
    { type: 'record', name: `shop.${name}`, fields: ['order_id', 'note'].map((field) => ({ name: field, type: 'string' })) },
  ]),
)

const apartEntities = JSON.stringify(
  Object.fromEntries(
    Object.entries(JSON.parse(entities) as Record<string, object>).map(([name, entry]) => [name, { ...entry, topic: `shop.${name}` }]),
  ),
)
const topicsApart: Readonly<Record<string, string>> = { OrderShipped: 'shop.shipment', PaymentReceived: 'shop.payment' }

/** Shipments and payments on one topic, with ids that they share; or on two, both of which have all tombstones. */
class SharedTopic extends ForeignTopics {
  private readonly prefixes = new Map(Object.entries(schemas).map(([name, schema]) => [name, this.register(`shop.${name}`, schema)]))

  private readonly all: readonly string[]

  constructor(more: Partial<ForeignTopicsOptions> = {}) {
    super({ entities, roles, ...more })
    this.all = more.entities === undefined ? [topic] : Object.values(topicsApart)
  }

  write(name: RecordName | 'Note', order_id: string, note: string): void {
    const bytes = encode(schemas[name] as unknown as AvroJson, { order_id, note })
    this.topics.append(this.all.length === 1 ? topic : topicsApart[name]!, {
      key: Buffer.from(order_id),
      value: Buffer.concat([this.prefixes.get(name)!, bytes]),
    })
  }

  erase(order_id: string): void {
    for (const one of this.all) this.topics.append(one, { key: Buffer.from(order_id), value: null })
  }

  makeAnew(): void {
    for (const one of this.all) this.topics.makeAnew(one)
  }

  tables(): string[] {
    return [...this.meter.versions!.byType.keys()]
  }
}

const snapshot = { snapshot: true }

function toldIn(transport: FakeTransport): unknown[][] {
  return transport.updates().map(({ operation, entity_type, data }) => [operation, entity_type, (data as { note?: unknown }).note])
}

test('entities that share a topic are filled from it together, each with its own records', async (t) => {
  const shared = new SharedTopic()
  shared.write('OrderShipped', 'o-1', 'shipped')
  shared.write('PaymentReceived', 'o-1', 'paid')
  shared.write('Note', 'o-1', 'of nobody')
  shared.write('PaymentReceived', 'o-2', 'paid')
  await shared.start()
  t.same(shared.tables(), ['shipment', 'payment'])
  t.same(shared.gateway.tabledTopics(), [topic])
  t.same(toldIn(await shared.subscribe('clerk', [{ entity_id: 'o-1', ...snapshot }])), [
    ['snapshot', 'shipment', 'shipped'],
    ['snapshot', 'payment', 'paid'],
  ])
  t.same(toldIn(await shared.subscribe('clerk', [{ entity_id: 'o-2', ...snapshot }])), [['snapshot', 'payment', 'paid']])
})

test('a tombstone is a version of each entity that has the id: who was shown something of it is told, and nobody else', async (t) => {
  const shared = new SharedTopic()
  for (const id of ['o-1', 'o-2']) shared.write('OrderShipped', id, id === 'o-1' ? 'eu' : 'us')
  shared.write('PaymentReceived', 'o-1', 'paid')
  await shared.start()
  const both = [{ entity_id: 'o-1' }, { entity_id: 'o-2' }, { entity_id: 'o-3' }]
  const [clerk, eu] = [await shared.subscribe('clerk', both), await shared.subscribe('eu', both)]
  for (const id of ['o-1', 'o-2', 'o-3']) shared.erase(id)
  await shared.clock.settle()
  t.same(toldIn(clerk), [
    ['delete', 'shipment', undefined],
    ['delete', 'shipment', undefined],
    ['delete', 'payment', undefined],
  ])
  t.same(toldIn(eu), [['delete', 'shipment', undefined]])
  t.same(toldIn(await shared.subscribe('clerk', [{ entity_id: 'o-1', ...snapshot }])), [])
})

test('who comes back is told what was missed of its entity type alone', async (t) => {
  const shared = new SharedTopic()
  shared.write('OrderShipped', 'o-1', 'first')
  shared.write('PaymentReceived', 'o-1', 'first')
  await shared.start()
  const before = await shared.subscribe('clerk', [{ entity_id: 'o-1', entity_type: 'shipment', ...snapshot }])
  const since = before.updates().at(-1)!['cursor']
  for (const note of ['second', 'third']) {
    shared.write('PaymentReceived', 'o-1', note)
    shared.write('OrderShipped', 'o-1', note)
  }
  shared.erase('o-1')
  await shared.clock.settle()
  const resumed = await shared.subscribe('clerk', [{ entity_id: 'o-1', entity_type: 'shipment', since }])
  t.match(resumed.messages()[1], { type: 'subscription_success', resumed: true })
  t.same(toldIn(resumed), [
    ['update', 'shipment', 'second'],
    ['update', 'shipment', 'third'],
    ['delete', 'shipment', undefined],
  ])
  const other = await shared.subscribe('clerk', [{ entity_id: 'o-1', entity_type: 'payment', since }])
  t.match(other.messages()[1], { type: 'subscription_success', resumed: false })
})

test('where a shared topic is made anew, what does not return of each entity is deleted where somebody held it', async (t) => {
  const shared = new SharedTopic()
  shared.write('OrderShipped', 'o-1', 'old')
  shared.write('PaymentReceived', 'o-1', 'old')
  await shared.start()
  const client = await shared.subscribe('clerk', [{ entity_id: 'o-1', ...snapshot }])
  shared.makeAnew()
  shared.write('PaymentReceived', 'o-1', 'new')
  await shared.clock.settle()
  t.same(toldIn(client).slice(2), [
    ['update', 'payment', 'new'],
    ['delete', 'shipment', undefined],
  ])
  t.match(shared.gateway.status(), { ready: true, reasons: [] })
})

test('entities that share a topic lose their tables together, in a fill or later, and nothing of a fill is news', async (t) => {
  const long = 'x'.repeat(1_000)
  for (const isLate of [false, true]) {
    const shared = new SharedTopic({ limits: { bytesMax: 50_000 } })
    const fill = () => {
      for (let n = 0; n < 100; n++) shared.write('PaymentReceived', `o-${n}`, long)
    }
    shared.write('OrderShipped', 'o-1', 'shipped')
    if (!isLate) fill()
    await shared.start()
    const held = await shared.subscribe('clerk', [{ entity_id: 'o-1', entity_type: 'shipment' }])
    if (isLate) fill()
    await shared.clock.settle()
    t.same(shared.tables(), [])
    t.match(shared.gateway.status(), {
      ready: true,
      reasons: [/"payment" has no table: it would take more of STATE_BYTES_MAX.*"shipment" has no table: it shares a topic with "payment"/],
    })
    t.equal(held.closedWith?.code, isLate ? 4004 : undefined, 'a page that stands by a table')
    const client = await shared.subscribe('clerk', [{ entity_id: 'o-1' }])
    shared.write('OrderShipped', 'o-1', 'goes on')
    await shared.clock.settle()
    t.same(toldIn(client), [['update', 'shipment', 'goes on']])
    shared.erase('o-1')
    await shared.clock.settle()
    t.same(toldIn(client).slice(1), [['delete', 'shipment', undefined]], 'for who was sent it, as without state')
  }
})

/** What happens to either gateway of the property below. */
type Happening =
  | { readonly kind: 'write'; readonly name: RecordName; readonly id: string; readonly note: string }
  | { readonly kind: 'erase'; readonly id: string }
  | { readonly kind: 'watch'; readonly role: string; readonly id: string; readonly snapshot: boolean }
  | { readonly kind: 'settle' }
  | { readonly kind: 'anew' }

const kind = <Kind extends Happening['kind']>(one: Kind) => fc.constant(one)
const id = fc.constantFrom('o-1', 'o-2')
const note = fc.constantFrom('eu', 'us')
const role = fc.constantFrom('clerk', 'eu')
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('write'), name: fc.constantFrom(...names), id, note }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('erase'), id }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('watch'), role, id, snapshot: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('settle') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('anew') }) },
)

/** What each client is told of each entity type, in order. */
async function toldOf(gateway: SharedTopic, before: readonly Happening[], after: readonly Happening[]): Promise<unknown> {
  const clients: FakeTransport[] = []
  const happen = async (one: Happening) => {
    if (one.kind === 'write') gateway.write(one.name, one.id, one.note)
    else if (one.kind === 'erase') gateway.erase(one.id)
    else if (one.kind === 'anew') gateway.makeAnew()
    else if (one.kind === 'watch') clients.push(await gateway.subscribe(one.role, [{ entity_id: one.id, snapshot: one.snapshot }]))
    else await gateway.clock.settle()
  }
  for (const one of before) if (one.kind === 'write' || one.kind === 'erase') await happen(one)
  await gateway.start()
  for (const one of after) await happen(one)
  await gateway.clock.settle()
  const told = clients.map(toldIn)
  return told.map((all) => ['shipment', 'payment'].map((type) => all.filter(([, entityType]) => entityType === type)))
}

test('who watches entities on one topic is told what topics of their own would tell, each with all tombstones', async (t) => {
  const happenings = fc.array(happening, { maxLength: 20 })
  const property = fc.asyncProperty(happenings, happenings, async (before, after) => {
    const [shared, apart] = [new SharedTopic(), new SharedTopic({ entities: apartEntities })]
    t.same(await toldOf(shared, before, after), await toldOf(apart, before, after))
  })
  await fc.assert(property, { numRuns: 60 })
})
