import { test } from 'tap'
import type { EntityDefinition, KeyFormat } from '#entities.js'
import { keyFormatOf } from '#gateway/decode/id/key-format.js'
import { DecodeFixture, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'
import { bytesOfUuid, uuid } from '../../../support/gateway/keyed-topic.js'

const entity: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'shop.orders', streamable: true }
const value = { id: 'o', total: 1 }

/** The id of a record with this key, or why it is bad; schemas of keys are registered under the topic's subject, or under another. */
class KeyedOrders extends DecodeFixture {
  private readonly valueId: number

  constructor(changes: Partial<EntityDefinition> = {}) {
    super([{ ...entity, ...changes }])
    this.registry.register('elsewhere', '"long"') // Its id is 1.
    this.valueId = this.register('shop.orders', orderSchema)
  }

  async idOf(key: Buffer | string): Promise<string | undefined> {
    const record = { key: Buffer.from(key as string), value: wireOf(this.valueId, orderSchema, value) }
    const event = await this.decodeOne('shop.orders', record)
    return typeof event === 'object' ? event.entityId : event
  }

  async tombstoneOf(key: string): Promise<string | undefined> {
    const event = await this.decodeOne('shop.orders', { key: Buffer.from(key) })
    return typeof event === 'object' ? event.entityId : event
  }

  avroKey(schema: object | string, key: unknown, subject = 'shop.orders-key'): Buffer {
    return wireOf(this.registry.register(subject, JSON.stringify(schema)), schema as object, key)
  }
}

const hex = (text: string) => Buffer.from(text, 'hex')
const long = (number: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(number)
  return bytes
}

test('a key that is said to be something is read as that, and as nothing else', async (t) => {
  const cases: [KeyFormat, Buffer | string, string][] = [
    ['text', 'o-1', 'o-1'],
    ['text', '{"id":5}', '{"id":5}'],
    ['text', '\u0000\u0001', '\u0000\u0001'],
    ['text', hex('ff'), 'key_invalid'],
    ['long', long(1001n), '1001'],
    ['long', long(16_777_217n), '16777217'],
    ['long', long(-1n), '-1'],
    ['long', long(-2n), '-2'],
    ['long', hex('000003e9'), 'key_invalid'],
    ['int', hex('000003e9'), '1001'],
    ['int', hex('ffffffff'), '-1'],
    ['int', long(1n), 'key_invalid'],
    ['uuid', bytesOfUuid(uuid), uuid],
    ['uuid', uuid, uuid],
    ['uuid', 'o-1', 'key_invalid'],
    ['json', '"o-1"', 'o-1'],
    ['json', '9007199254740993', '9007199254740993'],
    ['json', '{"schema":{"type":"int64"},"payload":5}', '5'],
    ['json', '{"schema":null,"payload":{"order_no":17,"line_no":1}}', '17/1'],
    ['json', Buffer.concat([hex('0000000001'), Buffer.from('{"id":5}')]), '5'],
    ['json', 'null', 'entity_id_missing'],
    ['json', '{"a":1,"b":null}', 'entity_id_missing'],
    ['json', '{"a":[1]}', 'key_invalid'],
    ['json', '{"a":', 'key_invalid'],
    ['struct', 'Struct{id=5}', '5'],
    ['struct', 'Struct{order_no=17,line_no=1}', '17/1'],
    ['struct', 'Struct{path=a/b,rate=5%}', 'a%2Fb/5%25'],
    ['struct', 'Struct{id=java.nio.HeapByteBuffer[pos=0 lim=16 cap=16]}', 'key_invalid'],
    ['struct', 'Struct{id=Struct{scale=0}}', 'key_invalid'],
    ['struct', 'Struct{id=[B@1b2c3d]}', 'key_invalid'],
    ['struct', 'Struct{a=1,a=2}', 'key_invalid'],
    ['struct', 'Struct{}', 'key_invalid'],
    ['struct', 'o-1', 'key_invalid'],
    ['avro', 'o-1', 'not_avro'],
  ]
  for (const [key, bytes, id] of cases) t.equal(await new KeyedOrders({ key }).idOf(bytes), id, `${key} ${String(bytes)}`)
})

test('a key that nobody has said anything about is recognized, or it is a bad record, and never a made-up id', async (t) => {
  const orders = new KeyedOrders()
  const cases: [Buffer | string, string][] = [
    ['o-1', 'o-1'],
    ['17', '17'],
    ['ключ-1', 'ключ-1'],
    ['{"id":5}', '5'],
    ['"o-1"', 'o-1'],
    ['{"id":', '{"id":'],
    ['Struct{order_no=17,line_no=1}', '17/1'],
    [long(1001n), 'key_invalid'],
    [long(16_777_217n), 'key_invalid'],
    // Its last three bytes would be a whole long of the schema 1.
    [hex('0000000001808001'), 'key_invalid'],
    [long(-1n), 'key_invalid'],
    [hex('000003e9'), 'key_invalid'],
    [hex('00000064'), 'key_invalid'],
    [hex('01020304'), 'key_invalid'],
    [hex('3ff8000000000000'), 'key_invalid'],
    [bytesOfUuid(uuid), 'key_invalid'],
    [bytesOfUuid(`00${uuid.slice(2)}`), 'key_invalid'],
    [hex('0000000001'), 'truncated'],
    [hex('00000000010203'), 'trailing_bytes'],
    [hex('0000000063020304'), 'key_invalid'],
    [hex('000000006302'), 'schema_unknown'],
  ]
  for (const [bytes, id] of cases) t.equal(await orders.idOf(bytes), id, Buffer.from(bytes as string).toString('hex'))
})

test('what a key looks like stands in the message', async (t) => {
  for (const [key, look] of [
    [long(7n), ': a long?'],
    [hex('000003e9'), ': an int?'],
    [bytesOfUuid(uuid), ': a uuid?'],
    [hex('80ff'), '.'],
  ] as const)
    t.throws(() => keyFormatOf(key, entity, false), {
      message: `no entity id can be read from the key: ${key.length} bytes${look} Its entry in ENTITIES can say what it is ("key")`,
    })
})

test('an Avro key of as many bytes as a long counts where the registry has a schema for the topic’s keys', async (t) => {
  const key = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'long' }] }
  const [known, unknown] = [new KeyedOrders(), new KeyedOrders()]
  t.equal(await known.idOf(known.avroKey(key, { id: 123_456n })), '123456')
  const elsewhere = unknown.avroKey(key, { id: 123_456n }, 'shop.Key')
  t.equal(elsewhere.length, 8)
  t.equal(await unknown.idOf(elsewhere), 'key_invalid')
  const said = new KeyedOrders({ key: 'avro' })
  t.equal(await said.idOf(said.avroKey(key, { id: 123_456n }, 'shop.Key')), '123456')
})

test('an Avro key with a list or a record in it has no id, and says so of the key', async (t) => {
  const orders = new KeyedOrders()
  const key = { type: 'record', name: 'Key', fields: [{ name: 'ids', type: { type: 'array', items: 'int' } }] }
  t.equal(await orders.idOf(orders.avroKey(key, { ids: [1] })), 'key_invalid')
})

const fields = [
  'int',
  'long',
  'string',
  { type: 'int', logicalType: 'date' },
  { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
].map((type, index) => ({ name: 'abcde'[index]!, type }))
const row = { a: 17, b: 1n << 60n, c: 'x/y%', d: 19_723, e: Buffer.from([4, 210]) }

test('a tombstone finds the entity that its row had, whose id is made of what clients see, in the order of the key or of id_field', async (t) => {
  const schema = { ...orderSchema, fields }
  const key = { type: 'record', name: 'Key', fields }
  const ids = async (changes: Partial<EntityDefinition>) => {
    const fixture = new DecodeFixture([{ ...entity, ...changes }])
    const value = wireOf(fixture.register('shop.orders', schema), schema, row)
    const keyBytes = wireOf(fixture.registry.register('shop.orders-key', JSON.stringify(key)), key, row)
    const events = [
      await fixture.decodeOne('shop.orders', { key: keyBytes, value }),
      await fixture.decodeOne('shop.orders', { key: keyBytes }),
    ]
    return events.map((event) => (typeof event === 'object' ? event.entityId : event))
  }
  const [all, some] = ['17/1152921504606846976/x%2Fy%25/2024-01-01/12.34', '12.34/2024-01-01/x%2Fy%25/1152921504606846976/17']
  t.same(await ids({}), [all, all])
  t.same(await ids({ idFields: ['e', 'd', 'c', 'b', 'a'] }), [some, some])
})

test('a record is bad whose key names more fields than id_field, as rows would share an id', async (t) => {
  const orders = new KeyedOrders({ idFields: ['id'] })
  t.equal(await orders.idOf('{"id":"o","shard":1}'), 'key_invalid')
  t.equal(await orders.idOf('Struct{id=o,shard=1}'), 'key_invalid')
  for (const key of ['{"id":"o"}', 'Struct{id=o}', 'o', '{', 'Struct{id=o']) t.equal(await orders.idOf(key), 'o')
})

test('a struct with a text that looks like a field is bad, and the others are read where id_field says which fields there are', async (t) => {
  const said = new KeyedOrders({ key: 'struct', idFields: ['id'] })
  t.equal(await said.tombstoneOf('Struct{id=o,note=x}'), 'key_invalid')
  t.equal(await said.tombstoneOf('Struct{id=o}'), 'o')
  const unsaid = new KeyedOrders({ key: 'struct' })
  t.equal(await unsaid.tombstoneOf('Struct{id=o}'), 'o')
  t.equal(await unsaid.tombstoneOf('Struct{id=o,note=x}'), 'key_invalid')
})

test('JSON with the schema of Connect beside it makes the id that clients see in the value', async (t) => {
  const field = (name: string, type: string, more = {}) => ({ field: name, type, optional: false, ...more })
  const wrapped = (payload: unknown, ...of: object[]) => JSON.stringify({ schema: { type: 'struct', fields: of }, payload })
  const decimal = { name: 'org.apache.kafka.connect.data.Decimal', version: 1, parameters: { scale: '2' } }
  const scaled = { scale: 1, value: Buffer.from([4, 210]).toString('base64') }
  const cases: [string, string][] = [
    [wrapped({ a: 17, d: 19_723 }, field('a', 'int32'), field('d', 'int32', { name: 'io.debezium.time.Date' })), '17/2024-01-01'],
    [wrapped({ t: 1_764_000_000_000 }, field('t', 'int64', { name: 'io.debezium.time.Timestamp' })), '2025-11-24T16:00:00.000Z'],
    [wrapped({ p: Buffer.from([4, 210]).toString('base64') }, field('p', 'bytes', decimal)), '12.34'],
    [JSON.stringify({ schema: { type: 'int32', name: 'org.apache.kafka.connect.data.Date' }, payload: 0 }), '1970-01-01'],
    [wrapped({ u: 'x', n: 5 }, field('u', 'string', { name: 'io.debezium.data.Uuid' }), field('n', 'int16')), 'x/5'],
    [wrapped({ d: 'soon' }, field('d', 'int32', { name: 'io.debezium.time.Date' })), 'soon'],
    [wrapped({ d: null }, field('d', 'int32', { name: 'io.debezium.time.Date' })), 'entity_id_missing'],
    [wrapped({ id: scaled }, field('id', 'struct', { name: 'io.debezium.data.VariableScaleDecimal' })), '123.4'],
    [JSON.stringify({ id: scaled }), '123.4'],
    [JSON.stringify({ id: { scale: 1, value: 5 } }), 'key_invalid'],
    ['{"id":1e999}', 'key_invalid'],
  ]
  for (const [key, id] of cases) t.equal(await new KeyedOrders({ key: 'json' }).idOf(key), id, key)
})
