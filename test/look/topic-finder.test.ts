import { test, type Test } from 'tap'
import { backgroundClock } from '#clock.js'
import type { NewestRecords } from '#kafka/newest-records.js'
import { topicGroupsOf } from '#look/entity-guesses.js'
import { type Finding, type FoundEntity, isFound } from '#look/found-entity.js'
import { TopicFinder } from '#look/topic-finder.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { ownTopics } from '../support/look/own-topics.js'
import { SilentLog } from '../support/running/silent-log.js'
import { type AvroJson, Branch, encode } from '../support/values/avro-cases.js'

interface Written {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** A cluster in memory, as far as its newest records go. */
class Topics {
  readonly registry = new MemoryRegistry()
  private readonly newest: NewestRecords[] = []
  private timestampMs = 1_767_225_600_000

  constructor(private readonly t: Test) {}

  add(topic: string, records: readonly Written[]): void {
    const stored = records.map((record, offset) => ({ ...record, offset, partition: 0, timestampMs: this.timestampMs++ }))
    this.newest.push({ topic, logs: [{ partition: 0, low: 0, high: records.length }], records: stored })
  }

  /** Records of a schema, each with its key. */
  write(topic: string, schema: object, records: readonly (readonly [key: Buffer | string | null, value: unknown])[]): void {
    const id = this.registry.register(`${topic}-value`, JSON.stringify(schema))
    this.add(
      topic,
      records.map(([key, value]) => ({ key: key === null ? null : Buffer.from(key), value: framed(id, schema, value) })),
    )
  }

  async find(): Promise<Finding[]> {
    const finder = new TopicFinder({ registry: this.registry, clock: backgroundClock, log: new SilentLog() })
    this.t.teardown(() => finder.stop())
    const findings: Finding[] = []
    for (const group of topicGroupsOf(this.newest.map(({ topic }) => topic)))
      findings.push(
        ...(await finder.find(
          group,
          this.newest.filter(({ topic }) => group.topics.includes(topic)),
        )),
      )
    return findings
  }
}

function framed(id: number, schema: object, value: unknown): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(id, 1)
  return Buffer.concat([header, encode(schema as AvroJson, value)])
}

const record = (name: string, fields: Readonly<Record<string, unknown>>, more: object = {}) => ({
  ...{ type: 'record', name: `shop.${name}`, ...more },
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})

function foundOf(findings: readonly Finding[]): FoundEntity {
  const [first] = findings
  if (first === undefined || !isFound(first)) throw new Error(JSON.stringify(findings))
  return first
}

const whyOf = (findings: readonly Finding[]): unknown => findings.map((one) => (isFound(one) ? one.definition : one.why))[0]

test('topics of all usual kinds are told apart, with their ids, and what cannot be shown says why', async (t) => {
  const topics = new Topics(t)
  const own = await ownTopics('mine', (subject, schema) => topics.registry.register(subject, JSON.stringify(schema)))
  for (const { topic, records } of own) topics.add(topic, records)
  const findings = await topics.find()
  const bare = { layout: 'single-topic', envelope: 'none', streamable: true }
  t.same(
    findings.filter(isFound).map(({ definition, ids, idField, remarks }) => ({ definition, ids, idField, remarks })),
    [
      {
        definition: { name: 'order', layout: 'topic-per-operation', topic: 'mine.order', envelope: 'event' },
        ...{ ids: ['o-2', 'o-1'], idField: 'id', remarks: [] },
      },
      {
        definition: { name: 'customers', topic: 'mine.customers', record: ['crm.Customer'], ...bare },
        ...{ ids: ['c-3', 'c-2', 'c-1'], idField: 'id', remarks: [] },
      },
      {
        definition: { name: 'parcels', topic: 'mine.public.parcels', record: ['db.public.parcels.Value'], ...bare, envelope: 'debezium' },
        ...{ ids: ['18', '17'], idField: 'id', remarks: [] },
      },
      {
        definition: { name: 'readings', topic: 'mine.readings', record: ['grid.MeterReading'], key: 'long', ...bare },
        ...{ ids: ['5', '4'], idField: 'reading_id', remarks: [] },
      },
    ],
  )
  t.same(
    findings.filter((one) => !isFound(one)),
    [
      { topics: ['mine.clicks'], why: 'is not read: it looks like JSON, with no schema in front of it' },
      { topics: ['mine.idle'], why: 'holds no records' },
    ],
  )
})

const order = record('Order', { id: 'string', total: 'long' })

test('a key that only spreads records is not taken for the id, and people are told', async (t) => {
  const topics = new Topics(t)
  topics.write('orders', order, [
    ['ann', { id: 'o-1', total: 1n }],
    ['ann', { id: 'o-2', total: 2n }],
  ])
  const { definition, ids, remarks } = foundOf(await topics.find())
  t.same([definition.idFields, ids], [['id'], ['o-2', 'o-1']])
  t.match(remarks[0], 'its keys say something else than "id"')
})

test('without keys the id is in a field, or the topic is left out; a number in bytes is an id only where a field says the same', async (t) => {
  const found = async (schema: object, key: Buffer | null, value: object) => {
    const topics = new Topics(t)
    topics.write('readings', schema, [[key, value]])
    return await topics.find()
  }
  t.same(foundOf(await found(order, null, { id: 'o-1', total: 1n })).definition.idFields, ['id'])
  const nameless = record('Reading', { at: 'long' })
  t.match(whyOf(await found(nameless, null, { at: 1n })), /has no keys, and no field of its records is called like an id/)
  const eight = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7])
  t.match(whyOf(await found(nameless, eight, { at: 1n })), /whose id cannot be told: .*8 bytes: a long/)
  const numbered = record('Reading', { id: 'long' })
  t.equal(foundOf(await found(numbered, eight, { id: 7n })).definition.key, 'long')
  t.same(foundOf(await found(numbered, eight, { id: 8n })).definition, {
    ...{ name: 'readings', layout: 'single-topic', topic: 'readings', envelope: 'none', streamable: true },
    ...{ record: ['shop.Reading'], idFields: ['id'] },
  })
})

test('several records on one topic are several entities, each with its own ids', async (t) => {
  const topics = new Topics(t)
  const [shipped, paid] = [record('OrderShipped', { order_id: 'string' }), record('PaymentReceived', { id: 'string', card: 'string' })]
  const ids = [shipped, paid].map((schema) => topics.registry.register(`shop.events-${schema.name}`, JSON.stringify(schema)))
  topics.add('shop.events', [
    { key: Buffer.from('o-1'), value: framed(ids[0]!, shipped, { order_id: 'o-1' }) },
    { key: Buffer.from('p-1'), value: framed(ids[1]!, paid, { id: 'p-1', card: '4' }) },
  ])
  const findings = await topics.find()
  t.same(
    findings.map((one) => isFound(one) && [one.definition.name, one.definition.record, one.ids]),
    [
      ['OrderShipped', ['shop.OrderShipped'], ['o-1']],
      ['PaymentReceived', ['shop.PaymentReceived'], ['p-1']],
    ],
  )
})

test('rows that Debezium has flattened say by marks what happened, and those that are deleted are not shown first', async (t) => {
  const topics = new Topics(t)
  const row = record('Value', { id: 'long', __deleted: ['null', 'string'] })
  const value = (id: bigint, deleted: string) => ({ id, __deleted: new Branch(1, deleted) })
  topics.write('db.orders', row, [
    ['{"id":1}', value(1n, 'false')],
    ['{"id":2}', value(2n, 'true')],
  ])
  const { definition, ids } = foundOf(await topics.find())
  t.same([definition.name, definition.marks, ids], ['orders', { deleted: '__deleted' }, ['1']])
})

const event = (data: object) => record('Event', { entity_id: 'string', entity_type: 'string', operation: 'string', data: ['null', data] })
const change = (entity_type: string, data: unknown) => ({ entity_id: 'o-1', entity_type, operation: 'update', data: new Branch(1, data) })

test('events say themselves what they are of, and those that may not be streamed or say several things are left out', async (t) => {
  const why = async (schema: object, ...values: object[]) => {
    const topics = new Topics(t)
    topics.write(
      'order-events',
      schema,
      values.map((value) => ['o-1', value] as const),
    )
    return whyOf(await topics.find())
  }
  const streamable = { ...order, streamable: true }
  const data = { id: 'o-1', total: 1n }
  t.same(await why(event(streamable), change('order', data)), {
    ...{ name: 'order', layout: 'single-topic', topic: 'order-events', envelope: 'event' },
  })
  t.match(await why(event(order), change('order', data)), /is not streamable: the record in "data" must say "streamable": true/)
  t.match(await why(event(streamable), change('order', data), change('item', data)), /several entity types \(order, item\)/)
  t.match(await why(event(streamable), change('<b>', data)), /"<b>", which is no name that one may have/)
})

test('what cannot be read says so, and what can be read beside it is shown', async (t) => {
  const topics = new Topics(t)
  topics.write('orders', order, [['o-1', { id: 'o-1', total: 1n }]])
  const value = framed(topics.registry.register('orders-value', JSON.stringify(order)), order, { id: 'o-2', total: 1n })
  topics.add('orders2', [
    { key: Buffer.from('o-1'), value: Buffer.from('text') },
    { key: Buffer.from('o-2'), value },
  ])
  topics.add('strange', [{ key: Buffer.from('k'), value: Buffer.from([0, 0, 0, 9, 9, 1]) }])
  topics.add('gone', [{ key: Buffer.from('k'), value: null }])
  topics.write('words', { type: 'string' }, [['k', 'text']])
  const findings = await topics.find()
  t.match(findings[1], { ids: ['o-2'], remarks: [/1 of its newest records cannot be read/] })
  t.match(
    findings.slice(2).map((one) => !isFound(one) && one.why),
    [/is not read: schema 2313/, 'holds nothing but tombstones among its newest records', 'has values that are no records'],
  )
})

test('an id is what it is, with markup and control characters', async (t) => {
  const topics = new Topics(t)
  const id = '<img src=x onerror=alert(1)>\u202e\u0007'
  topics.write('orders', order, [[null, { id, total: 1n }]])
  t.same(foundOf(await topics.find()).ids, [id])
})
