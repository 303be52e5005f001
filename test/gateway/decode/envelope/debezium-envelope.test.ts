import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { Branch } from '../../../support/values/avro-cases.js'
import { dataOf, DecodeFixture, kafkaTimeMs, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'

const entity: EntityDefinition = {
  name: 'order',
  layout: 'single-topic',
  envelope: 'debezium',
  topic: 'db.orders',
  idFields: ['id'],
  streamable: true,
}
const row = { ...orderSchema, name: 'Value', streamable: undefined }
const envelope = {
  type: 'record',
  name: 'Envelope',
  fields: [
    { name: 'before', type: ['null', row], default: null },
    { name: 'after', type: ['null', 'Value'], default: null },
    { name: 'source', type: { type: 'record', name: 'Source', fields: [{ name: 'lsn', type: ['null', 'long'] }] } },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: ['null', 'long'] },
    { name: 'transaction', type: ['null', 'string'] },
  ],
}
const nothing = new Branch(0, null)
const image = (total: number) => new Branch(1, { id: `o-${total}`, total })
const change = (op: string, before = nothing, after = nothing, time = nothing) => ({
  ...{ before, after, op, ts_ms: time },
  ...{ source: { lsn: new Branch(1, 5n) }, transaction: nothing },
})

test('rows that are texts, as those of MongoDB, are said to be', async (t) => {
  const json = { type: 'string', 'connect.name': 'io.debezium.data.Json' }
  const documents = {
    ...envelope,
    fields: envelope.fields.map((field) => (field.name === 'after' ? { ...field, type: ['null', json] } : field)),
  }
  const fixture = new DecodeFixture([entity])
  const value = wireOf(fixture.register('db.orders', documents), documents, change('c', nothing, new Branch(1, '{"_id":1}')))
  t.equal(await fixture.decodeOne('db.orders', { value }), 'envelope_invalid')
  t.match(fixture.lines[0]?.message, /ExtractNewDocumentState makes records of them/)
})

class Table extends DecodeFixture {
  readonly id = this.register('db.orders', envelope)
  decoded(value: unknown, key: Buffer | null = null) {
    return this.decodeOne('db.orders', { key, value: wireOf(this.id, envelope, value) })
  }
}

test('created, read by a snapshot and updated rows carry what is after', async (t) => {
  const table = new Table([entity])
  const time = new Branch(1, BigInt(kafkaTimeMs - 9))
  const created = await table.decoded(change('c', nothing, image(1), time))
  t.match(created, { operation: 'create', entityId: 'o-1', timestampMs: kafkaTimeMs - 9 })
  t.equal(dataOf(created), '{"id":"o-1","total":1}')
  t.match(await table.decoded(change('r', nothing, image(2))), { operation: 'create', entityId: 'o-2', timestampMs: kafkaTimeMs })
  const updated = await table.decoded(change('u', image(3), image(4)))
  t.match(updated, { operation: 'update', entityId: 'o-4' })
  t.equal(dataOf(updated), '{"id":"o-4","total":4}')
})

test('a deleted row brings its id and no data, whatever was before: much of it may be made up', async (t) => {
  const table = new Table([entity])
  const deleted = await table.decoded(change('d', image(3)))
  t.match(deleted, { operation: 'delete', entityId: 'o-3', data: null, tombstone: false })
  t.match(await table.decoded(change('d'), Buffer.from('o-9')), { operation: 'delete', entityId: 'o-9', data: null })
})

test('other operations, and changes without an image, are bad records', async (t) => {
  const table = new Table([entity])
  t.equal(await table.decoded(change('t')), 'operation_wrong')
  t.equal(await table.decoded(change('m')), 'operation_wrong')
  t.equal(await table.decoded(change('u', image(1)), Buffer.from('o-1')), 'data_missing')
  const good = wireOf(table.id, envelope, change('c', nothing, image(1)))
  t.equal(await table.decodeOne('db.orders', { value: good.subarray(0, -1) }), 'truncated')
  t.equal(await table.decodeOne('db.orders', { value: Buffer.concat([good, Buffer.from([0])]) }), 'trailing_bytes')
})

test('the id comes from a key of text or of Avro where the row does not have it', async (t) => {
  const table = new Table([{ ...entity, idFields: ['order_no'] }])
  const keyed = async (schema: object, value: unknown) => {
    const id = table.registry.register('db.orders-key', JSON.stringify(schema))
    return await table.decoded(change('c', nothing, image(1)), wireOf(id, schema, value))
  }
  const key = (...names: string[]) => ({ type: 'record', name: 'Key', fields: names.map((name) => ({ name, type: 'int' })) })
  t.match(await table.decoded(change('c', nothing, image(1)), Buffer.from('plain')), { entityId: 'plain' })
  t.match(await keyed(key('whatever'), { whatever: 7 }), { entityId: '7' })
  t.equal(await keyed(key('shard', 'order_no'), { shard: 1, order_no: 8 }), 'key_invalid')
  t.match(await keyed({ type: 'string' }, 'o-5'), { entityId: 'o-5' })
  t.equal(await keyed(key('a', 'b'), { a: 1, b: 2 }), 'key_invalid')
  t.equal(await table.decoded(change('c', nothing, image(1)), Buffer.from([0, 0, 0, 9, 9, 1])), 'schema_unknown')
  t.equal(await table.decoded(change('c', nothing, image(1))), 'entity_id_missing')
})

test("a tombstone's id comes from its Avro key", async (t) => {
  const table = new Table([entity])
  await table.decoded(change('c', nothing, image(1)))
  const schema = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'string' }] }
  const id = table.registry.register('db.orders-key', JSON.stringify(schema))
  const tombstone = await table.decodeOne('db.orders', { key: wireOf(id, schema, { id: 'o-6' }) })
  t.match(tombstone, { entityId: 'o-6', operation: 'delete', tombstone: true })
})
