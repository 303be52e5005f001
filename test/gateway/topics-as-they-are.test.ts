import { test } from 'tap'
import { filesIn } from '../support/conventions/readme-blocks.js'
import { ForeignTopics } from '../support/gateway/foreign-topics.js'
import { type AvroJson, Branch, encode } from '../support/values/avro-cases.js'

// The examples of 'Your topics as they are', on records as connectors and serializers have written them.

const files = filesIn('src/gateway/decode/README.md')
const all = (subject: string, more: object = {}) => ({ action: 'read', subject, fields: ['**'], ...more })
const nothing = new Branch(0, null)
const some = (value: unknown) => new Branch(1, value)
const maybe = (type: unknown) => ['null', type]
const record = (name: string, namespace: string, fields: object) => ({
  ...{ type: 'record', name: `${namespace}.${name}` },
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type: type as AvroJson })),
})
const envelopeOf = (namespace: string, row: object) =>
  record('Envelope', namespace, {
    before: maybe(record('Value', namespace, row)),
    after: maybe(`${namespace}.Value`),
    op: 'string',
    ts_ms: maybe('long'),
  })
const bytes = (schema: object, value: unknown) => encode(schema as AvroJson, value)

for (const hasState of [true, false]) {
  const how = hasState ? 'with state' : 'without state'

  test(`a table with two columns in its key has an entity for each row, by its key, its delete and its tombstone (${how})`, async (t) => {
    const topic = 'shop.public.order_lines'
    const topics = new ForeignTopics({ entities: files['debezium.json']!, roles: { clerk: [all('order_line')] }, hasState })
    const keySchema = record('Key', topic, { order_no: 'long', line_no: 'int' })
    const schema = envelopeOf(topic, { order_no: 'long', line_no: 'int', sku: 'string' })
    const [keyPrefix, prefix] = [topics.register(`${topic}-key`, keySchema), topics.register(`${topic}-value`, schema)]
    const row = (line_no: number) => ({ order_no: 17n, line_no, sku: `A${line_no}` })
    const key = (line_no: number) => Buffer.concat([keyPrefix, bytes(keySchema, row(line_no))])
    const change = (before: Branch, after: Branch, op: string, line_no: number) => ({
      key: key(line_no),
      value: Buffer.concat([prefix, bytes(schema, { before, after, op, ts_ms: some(1_764_000_000_000n) })]),
    })
    await topics.start()
    const [one, two] = [await topics.client('clerk', ['17/1']), await topics.client('clerk', ['17/2'])]
    await topics.append(topic, change(nothing, some(row(1)), 'c', 1), change(nothing, some(row(2)), 'c', 2))
    t.same(one(), [['create', '17/1', { order_no: 17, line_no: 1, sku: 'A1' }]])
    t.same(two(), [['create', '17/2', { order_no: 17, line_no: 2, sku: 'A2' }]])
    await topics.append(topic, change(some(row(1)), nothing, 'd', 1), { key: key(1) })
    t.same([one(), two()], [[['delete', '17/1', {}]], []])
    await topics.append(topic, { key: key(2) })
    t.same([one(), two()], [[], [['delete', '17/2', {}]]], 'a tombstone finds the row, too')
  })

  test(`who was sent a row hears that it is gone, whatever its old image lacks, and nobody else does (${how})`, async (t) => {
    const topic = 'shop.public.orders'
    const roles = { clerk: [all('order', { conditions: { region: '${user.region}' } })] }
    const topics = new ForeignTopics({ entities: files['debezium.json']!, roles, hasState })
    const prefix = topics.register(`${topic}-value`, envelopeOf(topic, { id: 'long', region: maybe('string') }))
    const written = (hex: string) => ({ key: Buffer.from('{"id":3}'), value: Buffer.concat([prefix, Buffer.from(hex, 'hex')]) })
    await topics.start()
    const [eu, us] = [await topics.client('clerk', ['3'], { region: 'eu' }), await topics.client('clerk', ['3'], { region: 'us' })]
    await topics.append(topic, written('0002060204657502630280a0bfe9d666'), written('0206000002640282a0bfe9d666'))
    t.same(eu(), [
      ['create', '3', { id: 3, region: 'eu' }],
      ['delete', '3', {}],
    ])
    await topics.append(topic, { key: Buffer.from('{"id":3}') })
    t.same([eu(), us()], [[], []], 'it is told once, and not by the tombstone again')
  })

  test(`a flattened delete is a delete, and its marks are no data (${how})`, async (t) => {
    const topic = 'shop.public.orders'
    const topics = new ForeignTopics({ entities: files['flattened.json']!, roles: { clerk: [all('order')] }, hasState })
    const row = { id: 'long', status: maybe('string'), __op: maybe('string'), __source_ts_ms: maybe('long'), __deleted: maybe('string') }
    const prefix = topics.register(`${topic}-value`, record('Value', topic, row))
    const written = (hex: string) => ({ value: Buffer.concat([prefix, Buffer.from(hex, 'hex')]) })
    await topics.start()
    const client = await topics.client('clerk', ['5'])
    await topics.append(topic, written('0a02084f50454e0202630280a0bfe9d666020a66616c7365'))
    await topics.append(topic, written('0a02084f50454e02026402d0acc0e9d666020874727565'))
    t.same(client(), [
      ['create', '5', { id: 5, status: 'OPEN' }],
      ['delete', '5', {}],
    ])
    t.same(
      topics.logged.filter(({ level }) => level === 'warn'),
      [],
    )
  })
}

const debezium = (type: string, name: string) => ({ type, 'connect.version': 1, 'connect.name': `io.debezium.time.${name}` })

test('times of a connector are shown and compared as times, so that a rule that forbids does', async (t) => {
  const topic = 'crm-customers'
  const late = { conditions: { born_on: { $gt: '2008-01-01' } } }
  const roles = {
    clerk: [all('customer')],
    adults: [all('customer', late)],
    guarded: [all('customer'), { ...all('customer', late), inverted: true }],
  }
  const topics = new ForeignTopics({ entities: files['connect.json']!, roles })
  const row = {
    ...{ born_on: debezium('int', 'Date'), created: debezium('long', 'Timestamp'), opens: maybe(debezium('long', 'MicroTime')) },
    ...{ seen: maybe(debezium('string', 'ZonedTimestamp')), deleted_at: maybe(debezium('long', 'Timestamp')) },
  }
  const plain = { born_on: 'int', created: 'long', opens: maybe('long'), seen: maybe('string'), deleted_at: maybe('long') }
  const prefix = topics.register(`${topic}-value`, record('Value', 'crm', row))
  const value = { born_on: 19_723, created: 1_764_000_000_000n, opens: some(32_400_000_000n), seen: some('2025-11-24T16:00:00Z') }
  const written = (deleted_at: Branch) => ({
    key: Buffer.from('Struct{id=1}'),
    value: Buffer.concat([prefix, bytes(record('Value', 'crm', plain), { ...value, deleted_at })]),
  })
  await topics.start()
  const [clerk, adults, guarded] = [
    await topics.client('clerk', ['1']),
    await topics.client('adults', ['1']),
    await topics.client('guarded', ['1']),
  ]
  await topics.append(topic, written(nothing))
  const data = { born_on: '2024-01-01', created: '2025-11-24T16:00:00.000Z', opens: '09:00:00.000000', seen: '2025-11-24T16:00:00Z' }
  t.same(clerk(), [['update', '1', data]])
  t.same(adults(), [['update', '1', data]])
  await topics.append(topic, written(some(1_764_000_000_001n)))
  t.same([clerk(), adults(), guarded()], [[['delete', '1', {}]], [['delete', '1', {}]], []], 'a time of deletion is a mark')
})

test('of several records on a topic the one is sent that is the entity, by whichever way its schema was named', async (t) => {
  const topic = 'shop.events'
  const topics = new ForeignTopics({ entities: files['confluent.json']!, roles: { clerk: [all('shipment')] } })
  const shipped = record('OrderShipped', 'shop', { order_id: 'string', carrier: 'string' })
  const payment = record('PaymentReceived', 'shop', { order_id: 'string', card_number: 'string' })
  const union = topics.register(`${topic}-value`, ['shop.PaymentReceived', 'shop.OrderShipped'], [payment, shipped])
  const alone = topics.register('shop.OrderShipped', shipped)
  const other = topics.register('shop.PaymentReceived', payment)
  const [event, card] = [bytes(shipped, { order_id: 'o-1', carrier: 'DHL' }), bytes(payment, { order_id: 'o-1', card_number: '4111' })]
  await topics.start()
  const client = await topics.client('clerk', ['o-1'])
  await topics.append(
    topic,
    { value: Buffer.concat([union, Buffer.from([2]), event]) },
    { value: Buffer.concat([union, Buffer.from([0]), card]) },
    { value: Buffer.concat([other, card]) },
    { value: event, headers: [['__value_schema_id', alone]] },
    { value: Buffer.from('{"order_id":"o-1"}') },
  )
  const data = { order_id: 'o-1', carrier: 'DHL' }
  t.same(client(), [
    ['update', 'o-1', data],
    ['update', 'o-1', data],
  ])
  t.equal(topics.meter.recordsForeign, 2)
  t.same(
    topics.logged.filter(({ level }) => level === 'warn').map(({ message }) => message),
    [
      'Records on a topic are not the entity type "shipment", which is shop.OrderShipped: they are skipped and counted.',
      'A record is skipped: the value does not begin with the magic byte 0 and a schema id: it looks like JSON, with no schema in front of it.',
    ],
  )
})

for (const hasState of [true, false])
  test(`two entities share a topic, each with its own records; a tombstone is for those who were sent the entity (${hasState ? 'with' : 'without'} state)`, async (t) => {
    const topic = 'shop.events'
    const topics = new ForeignTopics({
      entities: files['shared.json']!,
      hasState,
      roles: { clerk: [all('shipment'), { ...all('payment'), fields: ['order_id'] }] },
    })
    const shipped = record('OrderShipped', 'shop', { order_id: 'string', carrier: 'string' })
    const paid = record('PaymentReceived', 'shop', { order_id: 'string', card_number: 'string' })
    const other = record('Note', 'shop', { order_id: 'string' })
    const [shipment, payment, note] = [shipped, paid, other].map((schema) => topics.register(schema.name, schema)) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    const write = (prefix: Buffer, schema: object, value: object) => ({
      key: Buffer.from('o-1'),
      value: Buffer.concat([prefix, bytes(schema, value)]),
    })
    await topics.start()
    const [client, late] = [await topics.client('clerk', ['o-1']), await topics.client('clerk', ['o-2'])]
    await topics.append(
      topic,
      write(shipment, shipped, { order_id: 'o-1', carrier: 'DHL' }),
      write(payment, paid, { order_id: 'o-1', card_number: '4111' }),
      write(note, other, { order_id: 'o-1' }),
    )
    t.same(client(), [
      ['update', 'o-1', { order_id: 'o-1', carrier: 'DHL' }],
      ['update', 'o-1', { order_id: 'o-1' }],
    ])
    t.equal(topics.meter.recordsForeign, 1)
    await topics.append(topic, { key: Buffer.from('o-1') }, { key: Buffer.from('o-2') })
    t.same(client(), [
      ['delete', 'o-1', {}],
      ['delete', 'o-1', {}],
    ])
    t.same(late(), [], 'nobody knows whose tombstone that is')
    t.same(
      topics.logged.filter(({ message }) => /^Records on a topic/.test(message)).map(({ fields }) => fields),
      ['shipment', 'payment'].map(() => ({ topic, record: 'shop.Note' })),
    )
  })

test('a topic whose names have hyphens and whose keys are longs is streamed', async (t) => {
  const topic = 'my-shop.orders'
  const topics = new ForeignTopics({ entities: files['apicurio.json']!, roles: { clerk: [{ ...all('order'), fields: ['order-status'] }] } })
  const prefix = topics.register(`${topic}-value`, record('Order$1', 'my-shop.2024', { 'order-status': 'string' }))
  topics.register('elsewhere', 'long')
  const key = (number: bigint) => {
    const written = Buffer.alloc(8)
    written.writeBigInt64BE(number)
    return written
  }
  await topics.start()
  const client = await topics.client('clerk', ['1001', '16777217', '-1', '-2'])
  const value = Buffer.concat([prefix, Buffer.from('084f50454e', 'hex')])
  await topics.append(topic, ...[1001n, 16_777_217n, -1n, -2n].map((number) => ({ key: key(number), value })))
  t.same(
    client().map(([, id, data]) => [id, data]),
    ['1001', '16777217', '-1', '-2'].map((id) => [id, { 'order-status': 'OPEN' }]),
  )
})

/** As confluent-kafka 2.16.1 for Python has written them, with the ids 1 and 2. */
const byPython = {
  order: '0000000001046f3104041a80d8ee96ef664837633965363637392d373432352d343064652d393434622d653037666331663930616537',
  parcelInUnion: '000000000202047031',
}

test("what Confluent's serializer for Python has written is read", async (t) => {
  const decimal = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }
  const fields = {
    id: 'string',
    total: decimal,
    at: { type: 'long', logicalType: 'timestamp-millis' },
    key: { type: 'string', logicalType: 'uuid' },
  }
  const order = record('Order', 'shop', fields)
  const definition = (topic: string, of: string) => ({
    layout: 'single-topic',
    envelope: 'none',
    topic,
    record: of,
    id_field: 'id',
    streamable: true,
  })
  const entities = JSON.stringify({ order: definition('orders', 'shop.Order'), parcel: definition('mixed', 'shop.Parcel') })
  const topics = new ForeignTopics({ entities, roles: { clerk: [all('order'), all('parcel')] } })
  topics.register('orders-value', order)
  topics.register('mixed-value', [order, record('Parcel', 'shop', { id: 'string' })])
  await topics.start()
  const client = await topics.client('clerk', ['o1', 'p1'])
  await topics.append('orders', { value: Buffer.from(byPython.order, 'hex') })
  await topics.append('mixed', { value: Buffer.from(byPython.parcelInUnion, 'hex') })
  const data = { id: 'o1', total: '10.50', at: '2026-01-01T12:00:00.000Z', key: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }
  t.same(client(), [
    ['update', 'o1', data],
    ['update', 'p1', { id: 'p1' }],
  ])
})
