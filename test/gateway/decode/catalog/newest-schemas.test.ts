import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { bareOrder, DecodeFixture, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'

const order = { ...orderSchema, name: 'shop.Order' }
const entity: EntityDefinition = { ...bareOrder, record: ['shop.Order'] }
const envelope = {
  type: 'record',
  name: 'shop.public.orders.Envelope',
  fields: [
    { name: 'after', type: ['null', { ...order, name: 'shop.public.orders.Value' }] },
    { name: 'op', type: 'string' },
  ],
}
const table: EntityDefinition = { ...entity, envelope: 'debezium', record: ['shop.public.orders.Value'] }

class Orders extends DecodeFixture {
  constructor(
    definition: EntityDefinition,
    readonly subject: string,
    private readonly text: object,
  ) {
    super([definition])
  }

  version(metadata?: unknown, more: object = {}): number {
    return this.registry.register(this.subject, JSON.stringify({ ...this.text, ...more }), [], metadata)
  }
}

for (const [strategy, subject] of [
  ['TopicRecordNameStrategy', 'shop.orders-shop.Order'],
  ['RecordNameStrategy', 'shop.Order'],
] as const) {
  test(`an entity is known before its first record where its subject is named by its record (${strategy})`, async (t) => {
    const orders = new Orders(entity, subject, order)
    orders.version()
    await orders.catalog.start()
    t.same(orders.catalog.streamableTypes(), ['order'])
    t.same(orders.catalog.status(), { ready: true })
    t.same(orders.lines, [])
  })

  test(`tags beside the latest version of such a subject count for older versions (${strategy})`, async (t) => {
    const orders = new Orders(entity, subject, order)
    const first = orders.version()
    const read = async () => {
      const event = await orders.decodeOne('shop.orders', { value: wireOf(first, order, { id: 'o', total: 1 }) })
      return typeof event === 'object' ? [...(event.data!.schema.tags.get('PII') ?? [])] : event
    }
    t.same(await read(), [])
    orders.version({ tags: { '**.total': ['PII'] } }, { doc: 'later' })
    await orders.clock.advance(20_000)
    t.same(await read(), [1])
  })
}

test('a row of Debezium is known by the subject of its envelope', async (t) => {
  const orders = new Orders(table, 'shop.public.orders.Envelope', envelope)
  orders.version()
  await orders.catalog.start()
  t.same(orders.catalog.streamableTypes(), ['order'])
})

test('the subject of the topic counts before that of the record, and where there is neither both are named', async (t) => {
  const orders = new Orders(entity, 'shop.Order', { ...order, doc: 'of the record' })
  orders.version()
  const id = orders.register('shop.orders', order)
  await orders.catalog.start()
  t.same(orders.catalog.schemasOf('order').length, 1)
  t.not(orders.store.get(id), undefined)
  const none = new DecodeFixture([entity])
  await none.catalog.start()
  t.match(none.lines, [{ message: /^Nothing is registered for shop.orders-value yet, nor under the names of its records; / }])
})
