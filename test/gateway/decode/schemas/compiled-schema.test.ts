import { test } from 'tap'
import { bareOrder, dataOf, DecodeFixture, wire } from '../../../support/gateway/decode-fixture.js'

const record = (name: string, field: string, tags: readonly string[] = []) => ({
  ...{ type: 'record', name, namespace: 'shop' },
  fields: [
    { name: 'id', type: 'string' },
    { name: field, type: 'string', ...(tags.length > 0 && { 'confluent:tags': tags }) },
  ],
})
const [placed, shipped] = [record('OrderPlaced', 'total'), record('OrderShipped', 'carrier', ['PII'])]
/** An id and a text, as the second branch of a union. */
const second = Buffer.from('02066f2d310644484c', 'hex')
const first = Buffer.from('00066f2d310644484c', 'hex')

/** A topic whose subject is a union of two records, by reference. */
class UnionTopic extends DecodeFixture {
  readonly id = this.register('shop.orders', ['shop.OrderPlaced', 'shop.OrderShipped'], [placed, shipped])
  decoded = (bytes: Buffer) => this.decodeOne('shop.orders', { value: wire(this.id, bytes) })
}

test('the branch of a union at the root is the record', async (t) => {
  const topic = new DecodeFixture([bareOrder])
  const id = topic.register('shop.orders', ['null', shipped])
  const event = await topic.decodeOne('shop.orders', { value: wire(id, second) })
  t.match(event, { entityId: 'o-1', operation: 'update' })
  t.equal(dataOf(event), '{"id":"o-1","carrier":"DHL"}')
  t.equal(await topic.decodeOne('shop.orders', { key: Buffer.from('o-1'), value: wire(id, first.subarray(0, 1)) }), 'data_missing')
  t.equal(await topic.decodeOne('shop.orders', { value: wire(id, Buffer.from([4])) }), 'value_invalid')
  t.equal(
    await topic.decodeOne('shop.orders', { value: wire(id, Buffer.concat([Buffer.from([0x82, 0]), second.subarray(1)])) }),
    'value_invalid',
  )
})

test('of a union of several records those are sent that the entity is, and others are counted and said once', async (t) => {
  const topic = new UnionTopic([{ ...bareOrder, record: ['shop.OrderShipped'] }])
  t.equal(dataOf(await topic.decoded(second)), '{"id":"o-1","carrier":"DHL"}')
  t.equal(await topic.decoded(first), undefined)
  t.equal(await topic.decoded(first), undefined)
  t.equal(topic.meter.recordsForeign, 2)
  t.same(
    topic.lines.map(({ fields }) => fields),
    [{ topic: 'shop.orders', record: 'shop.OrderPlaced' }],
  )
  t.same(
    topic.catalog.schemasOf('order').map(({ name }) => name),
    ['shop.OrderShipped'],
  )
})

test('several branches may be the entity, each with its own leaves and tags', async (t) => {
  const topic = new UnionTopic([{ ...bareOrder, record: ['shop.OrderShipped', 'shop.OrderPlaced'] }])
  t.equal(dataOf(await topic.decoded(first)), '{"id":"o-1","total":"DHL"}')
  t.equal(dataOf(await topic.decoded(second)), '{"id":"o-1","carrier":"DHL"}')
  t.same(
    topic.catalog.schemasOf('order').map(({ name, leaves, tags }) => [name, leaves, [...tags.keys()]]),
    [
      ['shop.OrderPlaced', ['id', 'total'], []],
      ['shop.OrderShipped', ['id', 'carrier'], ['PII']],
    ],
  )
})

test('nothing of a union is sent before somebody has said which branch the entity is, and the sentence names the cause', async (t) => {
  const topic = new UnionTopic([bareOrder])
  t.equal(await topic.decoded(second), undefined)
  t.match(
    topic.lines[0]?.message,
    /a union with shop\.OrderPlaced and shop\.OrderShipped in its latest, so that nothing of the entity type "order" is sent/,
  )
})

test('a union of Debezium envelopes is its envelopes, where several tables share a topic', async (t) => {
  const envelope = (table: string) => ({
    ...{ type: 'record', name: 'Envelope', namespace: table },
    fields: [
      { name: 'before', type: ['null', { ...record('Value', 'status'), namespace: table }] },
      { name: 'after', type: ['null', `${table}.Value`] },
      { name: 'op', type: 'string' },
    ],
  })
  const topic = new DecodeFixture([{ ...bareOrder, envelope: 'debezium', record: ['shop.orders.Value'] }])
  const id = topic.register('shop.orders', [envelope('shop.payments'), envelope('shop.orders')])
  const change = Buffer.from('0002066f2d31084f50454e0263', 'hex')
  const decoded = (branch: number) =>
    topic.decodeOne('shop.orders', { value: wire(id, Buffer.concat([Buffer.from([branch * 2]), change])) })
  t.equal(dataOf(await decoded(1)), '{"id":"o-1","status":"OPEN"}')
  t.equal(await decoded(0), undefined)
})
