import { test } from 'tap'
import { schemaHeadersIn } from '#gateway/decode/schema-headers.js'
import type { EntityDefinition } from '#entities.js'
import { encodeHeaders } from '#kafka/record-headers.js'
import { Branch, encode } from '../../support/values/avro-cases.js'
import { DecodeFixture, orderSchema, wireOf } from '../../support/gateway/decode-fixture.js'

const found = (name: string, value: string | Buffer | null = Buffer.from([0, 0, 0, 0, 7])) =>
  schemaHeadersIn(encodeHeaders([[name, typeof value === 'string' ? Buffer.from(value) : value]]))

const ofValues = [
  ...['__value_schema_id', '__VALUE_SCHEMA_ID', 'value.schema.version.id', 'value_schema_guid', 'valueSchemaId'],
  ...['globalId', 'contentId', 'contentHash', 'groupId', 'artifactId', 'version', 'encoding'].map((one) => `apicurio.value.${one}`),
  ...['Apicurio.Value.GlobalId', 'schema-id', 'schemaId', 'schema.identifier', 'avro.schema', 'avro.schema.id'],
  ...['ce_dataschema', 'ce-dataschema', 'cloudEvents:dataschema'],
]
const ofKeys = ['__key_schema_id', '__Key_Schema_Id', 'key.schema.version.id', 'apicurio.key.globalId', 'apicurio.key.contentId']
const ofOthers = [
  ...['traceparent', 'tracestate', 'b3', '__source_schema', '__op', 'schema', 'schema-version', 'my_value_schema_id_note', 'ce_type'],
  ...['apicurio', 'apicurio.valuable', 'value', 'x'.repeat(500), '', 'ключ', '__connect.errors.topic', 'content-type'],
]

test('a header names the schema of a value or of a key, whatever its case, separators and value', async (t) => {
  for (const value of [Buffer.alloc(0), null, '1', Buffer.from('017f3a1c520b6e4d1c9e772a5d0c9b4e10', 'hex')]) {
    for (const name of ofValues) t.same(found(name, value), { key: undefined, value: name }, name)
    for (const name of ofKeys) t.same(found(name, value), { key: name, value: undefined }, name)
    for (const name of ofOthers) t.same(found(name, value), { key: undefined, value: undefined }, name)
  }
  t.equal(found(`apicurio.value.${'x'.repeat(500)}`).value?.length, 64)
})

test('a content type names a schema only where it says which', async (t) => {
  for (const name of ['content-type', 'Content-Type', 'contentType', 'ce_datacontenttype']) {
    for (const type of [
      'avro/binary+0d5f',
      'AVRO/BINARY+0d5f',
      '"application/vnd.order.v1+avro"',
      'application/vnd.shop.order.v12+avro;x=y',
    ])
      t.equal(found(name, type).value, name, `${name}: ${type}`)
    for (const type of ['application/avro', 'avro/binary', 'application/json', 'application/vnd.confluent+avro', '', null])
      t.equal(found(name, type).value, undefined, `${name}: ${String(type)}`)
  }
})

test('it is found among others, and for a key and a value at once', async (t) => {
  const headers = encodeHeaders([
    ['traceparent', Buffer.alloc(55)],
    ['__key_schema_id', null],
    ['traceparent', null],
    ['__value_schema_id', Buffer.alloc(17)],
    ['tracestate', Buffer.alloc(200)],
  ])
  t.same(schemaHeadersIn(headers), { key: '__key_schema_id', value: '__value_schema_id' })
  t.same(schemaHeadersIn(undefined), { key: undefined, value: undefined })
})

const orders: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders', idFields: ['id'] }
const keyed: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders' }
const named = (name: string) => encodeHeaders([[name, Buffer.from('017f3a1c520b6e4d1c9e772a5d0c9b4e10', 'hex')]])

/** Counts what the registry is asked for by id. */
async function started(entity: EntityDefinition) {
  const asked: number[] = []
  const fixture = new DecodeFixture([entity], (memory) => ({ schemaById: (id) => (asked.push(id), memory.schemaById(id)) }))
  const id = fixture.register('orders', orderSchema)
  await fixture.catalog.start()
  return { fixture, id, asked }
}

test('a value whose schema a header names is never read by what its first five bytes seem to name', async (t) => {
  const { fixture, id, asked } = await started(orders)
  const fields = ['text', 'a', 'b', 'c', 'author', 'id', 'secret'].map((name, i) => ({
    name,
    type: i === 0 ? ['null', 'string'] : i < 5 ? 'int' : 'string',
  }))
  // Zigzag: the number whose only byte is the id.
  const author = id % 2 === 0 ? id / 2 : -(id + 1) / 2
  const note = encode(
    { type: 'record', name: 'Note', fields },
    {
      text: new Branch(0, null),
      a: 0,
      b: 0,
      c: 0,
      author,
      id: 'o-1',
      secret: '4111',
    },
  )
  t.equal(note.readUInt32BE(1), id, 'it looks like a record of the schema that is registered')
  const reasonOf = (name: string) => (/^__value_schema_id$/i.test(name) ? 'schema_unknown' : 'schema_in_header')
  const good = wireOf(id, orderSchema, { id: 'o-1', total: 1 })
  for (const value of [note, good])
    for (const name of ofValues) t.equal(await fixture.decodeOne('orders', { value, headers: named(name)! }), reasonOf(name), name)
  for (const name of [...ofOthers, ...ofKeys])
    t.match(await fixture.decodeOne('orders', { value: good, headers: named(name)! }), { entityId: 'o-1' }, name)
  t.same(asked, [])
})

test('the registry is asked nothing about such values and keys, of which each would seem to name another schema', async (t) => {
  const { fixture, id, asked } = await started(keyed)
  const value = wireOf(id, orderSchema, { id: 'o-1', total: 1 })
  const records = Array.from({ length: 300 }, (_, n) => {
    const bytes = Buffer.from([0, 2, n >> 8, n & 0xff, 15, 8])
    return n % 2 === 0
      ? { value: bytes, headers: named('apicurio.value.globalId')! }
      : { key: bytes, value, headers: named('apicurio.key.globalId')! }
  })
  fixture.push('orders', [...records, { key: Buffer.from('good'), value }])
  await fixture.clock.settle()
  t.same(asked, [])
  t.equal(fixture.bad.length, 300)
  t.same(
    fixture.out[0]?.events.map(({ entityId }) => entityId),
    ['good'],
  )
})

test('a key whose schema a header names makes up no id, not for a tombstone either', async (t) => {
  const { fixture, id } = await started(keyed)
  const value = wireOf(id, orderSchema, { id: 'o-1', total: 1 })
  const key = Buffer.from([6, 111, 45, 49])
  for (const name of ofKeys) {
    const reason = /^__key_schema_id$/i.test(name) ? 'schema_unknown' : 'schema_in_header'
    t.equal(await fixture.decodeOne('orders', { key, value, headers: named(name)! }), reason)
    t.equal(await fixture.decodeOne('orders', { key, headers: named(name)! }), reason)
  }
  t.match(await fixture.decodeOne('orders', { key: Buffer.from('o-1'), headers: named('__value_schema_id')! }), {
    tombstone: true,
    entityId: 'o-1',
  })
})
