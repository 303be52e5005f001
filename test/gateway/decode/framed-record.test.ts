import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { framedRecord } from '#gateway/decode/framed-record.js'
import { encodeHeaders, type Headers } from '#kafka/record-headers.js'
import { RegistryError } from '#registry/schema-registry.js'
import { encode } from '../../support/values/avro-cases.js'
import { dataOf, DecodeFixture, orderSchema, wire, wireOf } from '../../support/gateway/decode-fixture.js'

const orders: EntityDefinition = { name: 'order', layout: 'single-topic', envelope: 'none', topic: 'orders' }
const guid = '7f3a1c52-0b6e-4d1c-9e77-2a5d0c9b4e10'
const guidHeader = Buffer.from(`01${guid.replaceAll('-', '')}`, 'hex')
const idHeader = (id: number) => wire(id, Buffer.alloc(0))
const bare = encode(orderSchema, { id: 'o-1', total: 5 })
const bareKey = encode('string', 'k-1')

/** A topic whose schema has a GUID too; `asked` are the GUIDs that the registry was asked for. */
async function started() {
  const asked: string[] = []
  const fixture: DecodeFixture = new DecodeFixture([orders], (memory) => ({
    schemaByGuid: async (asking) => {
      asked.push(asking)
      if (asking !== guid) throw new RegistryError('not_found', `schema ${asking}: the registry does not know it`)
      return { ...(await memory.latestOf('orders-value')), id: 0 }
    },
  }))
  const id = fixture.register('orders', orderSchema)
  const keyId = fixture.registry.register('orders-key', '"string"')
  await fixture.catalog.start()
  const decoded = (headers: Headers, value: Buffer | null = bare, key = bareKey) =>
    fixture.decodeOne('orders', { key, value, headers: encodeHeaders(headers)! })
  return { fixture, id, keyId, asked, decoded }
}

test('a value and a key are read by the schemas that headers name, by id or by GUID, whatever the case of their names', async (t) => {
  const { id, keyId, asked, decoded } = await started()
  for (const header of [idHeader(id), guidHeader]) {
    const event = await decoded([
      ['traceparent', Buffer.alloc(9)],
      ['__KEY_schema_id', idHeader(keyId)],
      ['__value_schema_id', header],
    ])
    t.match(event, { entityId: 'k-1', operation: 'update' })
    t.equal(dataOf(event), '{"id":"o-1","total":5}')
  }
  t.match(await decoded([['__key_schema_id', idHeader(keyId)]], null), { entityId: 'k-1', tombstone: true })
  await decoded([['__value_schema_id', guidHeader]], bare, Buffer.from('text'))
  t.same(asked, [guid], 'it is asked for once')
})

test("a GUID is asked for as Confluent's serializer for Python writes it into its header", async (t) => {
  const { asked, decoded } = await started()
  await decoded([['__value_schema_id', Buffer.from('013771971376a341ce99c4505da55c7b99', 'hex')]])
  t.same(asked, ['37719713-76a3-41ce-99c4-505da55c7b99'])
})

test('both kinds may stand in one batch, beside values with a prefix', async (t) => {
  const { fixture, id } = await started()
  const key = Buffer.from('text')
  const named = (header: Buffer) => ({ key, value: bare, headers: encodeHeaders([['__value_schema_id', header]])! })
  fixture.push('orders', [named(guidHeader), { key, value: wireOf(id, orderSchema, { id: 'o-2', total: 6 }) }, named(idHeader(id))])
  await fixture.clock.settle()
  t.same(fixture.out[0]?.events.map(dataOf), ['{"id":"o-1","total":5}', '{"id":"o-2","total":6}', '{"id":"o-1","total":5}'])
})

test('the value is kept in wire format, so that it can be read again', async (t) => {
  const { id, decoded } = await started()
  const event = await decoded([['__value_schema_id', idHeader(id)]], bare, Buffer.from('text'))
  t.same((event as { value: Buffer }).value, wire(id, bare))
})

test('a header that is not understood makes a bad record, and so does a schema that nobody knows', async (t) => {
  const { decoded } = await started()
  const key = Buffer.from('text')
  const headers = [
    null,
    Buffer.alloc(0),
    Buffer.from([0, 0, 0, 7]),
    idHeader(0),
    idHeader(0x80000001),
    Buffer.alloc(17),
    guidHeader.subarray(0, 16),
  ]
  for (const header of headers)
    t.equal(await decoded([['__value_schema_id', header]], bare, key), 'schema_in_header', String(header?.toString('hex')))
  t.equal(await decoded([['__value_schema_id', Buffer.alloc(17, 1)]], bare, key), 'schema_unknown')
  t.equal(await decoded([['__key_schema_id', Buffer.alloc(17, 1)]]), 'not_avro', 'the value has neither a prefix nor a header')
  t.equal(
    await decoded(
      [
        ['apicurio.value.globalId', Buffer.alloc(8, 1)],
        ['apicurio.value.encoding', Buffer.from('BINARY')],
      ],
      bare,
      key,
    ),
    'schema_in_header',
  )
})

test('a number that stands for a GUID here names no schema in a value', async (t) => {
  const { decoded, fixture } = await started()
  t.equal(typeof (await decoded([['__value_schema_id', guidHeader]], bare, Buffer.from('text'))), 'object')
  t.equal(await fixture.decodeOne('orders', { key: Buffer.from('text'), value: wire(0x80000000, bare) }), 'schema_unknown')
})

test('the message says what a value looks like that is in another format', async (t) => {
  const messages: string[] = []
  const look = (value: Buffer) => framedRecord({ offset: 0, timestampMs: 0, key: null, value }, () => undefined).badValue?.message ?? 'read'
  const uuid = guidHeader.subarray(1)
  for (const value of [
    Buffer.concat([Buffer.from([3, 0]), uuid, bare]),
    Buffer.concat([Buffer.from([3, 5]), uuid, bare]),
    Buffer.from('{"id":"o-1"}'),
    Buffer.from('[1]'),
    Buffer.from('\n  {"id":"o-1"}'),
    Buffer.concat([Buffer.from('c301', 'hex'), Buffer.alloc(8, 7), bare]),
    Buffer.from('4f626a010416', 'hex'),
    Buffer.concat([Buffer.alloc(8), bare]),
    Buffer.concat([Buffer.from([3, 7]), uuid]),
    Buffer.from('text'),
    wire(1, bare),
  ])
    messages.push(look(value).replace('the value does not begin with the magic byte 0 and a schema id', '').replace(/^: /, ''))
  const glue = "it is in the format of AWS Glue's registry, which is not read"
  const json = 'it looks like JSON, with no schema in front of it'
  const wide = "its id is 0, as of writers whose ids have 8 bytes: Apicurio's write 4 with an id handler for Confluent"
  const single = 'it has a fingerprint of its schema in front (single-object encoding), which is not read'
  const file = 'it is a whole file of Avro, which is not read'
  t.same(messages, [glue, glue, json, json, json, single, file, wide, '', '', 'read'])
})

test('a registry that knows no GUIDs makes bad records of them', async (t) => {
  const fixture = new DecodeFixture([orders])
  fixture.register('orders', orderSchema)
  const record = { key: Buffer.from('text'), value: bare, headers: encodeHeaders([['__value_schema_id', guidHeader]])! }
  t.equal(await fixture.decodeOne('orders', record), 'schema_unknown')
})
