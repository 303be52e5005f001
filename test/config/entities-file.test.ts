import { test } from 'tap'
import { parseEntities } from '#config/entities-file.js'

const fromFile = (text: string) => parseEntities('entities.json', () => text).entities
const fromEntry = (entry: unknown) => fromFile(JSON.stringify({ order: entry }))

test('reads a comma list as names in the seed’s layout', async (t) => {
  const order = { name: 'order', layout: 'topic-per-operation', envelope: 'event', topic: 'order' }
  t.same(parseEntities('order, user_2,order', fail).entities, [order, { ...order, name: 'user_2', topic: 'user_2' }])
})

test('takes a star among the names for all others that the registry has', async (t) => {
  t.match(parseEntities('order, *', fail), { entities: [{ name: 'order' }], discover: true })
  t.same(parseEntities('*', fail), { entities: [], discover: true })
  t.match(parseEntities('order', fail), { discover: false })
  t.match(
    parseEntities('x.json', () => '{"order":{}}'),
    { entities: [{ name: 'order' }], discover: false },
  )
})

test('reads a file that says layout, topic, envelope, id field and flag', async (t) => {
  const entry = { layout: 'single-topic', topic: 'shop.orders', envelope: 'debezium', id_field: 'id', streamable: true }
  t.same(fromFile(JSON.stringify({ order: entry, parcel: {} })), [
    { name: 'order', layout: 'single-topic', topic: 'shop.orders', envelope: 'debezium', idFields: ['id'], streamable: true },
    { name: 'parcel', layout: 'topic-per-operation', topic: 'parcel', envelope: 'event' },
  ])
  t.match(fromEntry({ state: false }), [{ state: false }])
  t.match(fromEntry({ state: true }), [{ state: true }])
})

test('reads the records that an entity is, one or several', async (t) => {
  for (const envelope of ['none', 'debezium']) {
    const entry = { layout: 'single-topic', envelope }
    t.match(fromEntry({ ...entry, record: 'shop.Order' }), [{ record: ['shop.Order'] }])
    t.match(fromEntry({ ...entry, record: ['shop.Order', 'Order'] }), [{ record: ['shop.Order', 'Order'] }])
    t.notOk('record' in fromEntry(entry)[0]!)
    for (const record of [
      '',
      [],
      7,
      null,
      {},
      ['a', 7],
      'shop..Order',
      '.Order',
      'shop. Order',
      Array.from({ length: 101 }, (_, n) => `r${n}`),
    ])
      t.throws(() => fromEntry({ ...entry, record }), {
        name: 'ConfigurationError',
        message: /order\.record(\.\d+)?: must be the full name of a record, or a list of 1 to 100 of them\.$/,
      })
  }
  t.throws(() => fromEntry({ record: 'shop.Order' }), { message: /"record" has no use where the envelope is "event"/ })
})

test('reads the fields that an id is made of, and how keys are written', async (t) => {
  const entry = { layout: 'single-topic', envelope: 'none' }
  t.match(fromEntry({ ...entry, id_field: 'id' }), [{ idFields: ['id'] }])
  t.match(fromEntry({ ...entry, id_field: ['order_no', 'line_no'] }), [{ idFields: ['order_no', 'line_no'] }])
  for (const id_field of ['', [], ['a', 'a'], ['a', ''], 7, Array.from({ length: 33 }, (_, n) => `f${n}`)])
    t.throws(() => fromEntry({ ...entry, id_field }), {
      message: /order\.id_field(\.\d+)?: must be the name of a field, or a list of 1 to 32 /,
    })
  for (const key of ['text', 'avro', 'long', 'int', 'uuid', 'json', 'struct']) t.match(fromEntry({ key }), [{ key }])
  t.throws(() => fromEntry({ key: 'double' }), { message: /order\.key: / })
})

test('reads the fields of bare records that are marks', async (t) => {
  const entry = { layout: 'single-topic', envelope: 'none', id_field: 'id' }
  const marks = { deleted: '__deleted', operation: '__op', time: '__source_ts_ms' }
  t.match(fromEntry({ ...entry, marks }), [{ marks }])
  t.match(fromEntry({ ...entry, marks: { deleted: 'deleted_at' } }), [{ marks: { deleted: 'deleted_at' } }])
  for (const wrong of [{}, { deleted: '' }, { deleted: 'a', time: 'a' }, { del: 'a' }, 'deleted', { deleted: ['a'] }])
    t.throws(() => fromEntry({ ...entry, marks: wrong }), { message: /in entities\.json, order\.marks/ }, JSON.stringify(wrong))
  t.throws(() => fromEntry({ ...entry, marks: { deleted: 'id' } }), { message: /a field of "marks" is no data, and no part of the id/ })
  t.throws(() => fromEntry({ marks }), { message: /"marks" are of bare records/ })
})

test('takes for a path what ends in .json or has a slash', async (t) => {
  const paths: string[] = []
  for (const path of ['entities.json', './entities', '/etc/sluice/entities'])
    parseEntities(path, (asked) => (paths.push(asked), '{"order":{}}'))
  t.same(paths, ['entities.json', './entities', '/etc/sluice/entities'])
})

test('refuses names that a topic or a frame could not hold', async (t) => {
  for (const name of ['or der', '1order', 'order"', 'ö', 'x'.repeat(129)]) {
    t.throws(
      () => parseEntities(`customer,${name}`, fail),
      { name: 'ConfigurationError', message: new RegExp(`names the entity "${name}"`) },
      name,
    )
    t.throws(() => fromFile(JSON.stringify({ [name]: {} })), { name: 'ConfigurationError' }, name)
  }
})

test('refuses an entity list that names nothing', async (t) => {
  t.throws(() => fromFile('{}'), { message: 'ENTITIES names no entity.' })
})

test('names the place of what is wrong in the file', async (t) => {
  t.throws(() => fromFile('{"order":'), { message: /^ENTITIES: entities\.json is not JSON \(line 1\): / })
  t.throws(() => fromFile('{"order": {},\n"order": {}}'), { message: /^ENTITIES: entities\.json names order twice/ })
  t.throws(() => fromFile('null'), { name: 'ConfigurationError', message: /in entities\.json, the file: / })
  t.throws(() => fromFile('["order"]'), {
    message: 'ENTITIES: in entities.json, the file: must be an object, with a member for each entity.',
  })
  t.throws(() => fromEntry({ layuot: 'single-topic' }), {
    message:
      /must be an object with nothing else than layout, envelope, topic, record, id_field, marks, key, streamable, state, unavailable_value\.$/,
  })
  t.throws(() => fromEntry({ layuot: 'single-topic' }), { message: /in entities\.json, order\.layuot: / })
  t.throws(() => fromEntry({ layout: 'two-topics' }), { message: /in entities\.json, order\.layout: / })
  t.throws(() => fromEntry({ topic: 'shop orders' }), { message: /order\.topic: is no name that a Kafka topic may have/ })
  t.throws(() => fromEntry({ envelope: 'none', streamable: 'true' }), { message: /order\.streamable: / })
  t.throws(() => fromEntry({ state: 'off' }), { message: /order\.state: / })
})

test('refuses what has no meaning together', async (t) => {
  t.throws(() => fromEntry({ envelope: 'debezium' }), { message: /order: Debezium writes one topic an entity/ })
  t.throws(() => fromEntry({ streamable: true }), { message: /order: "streamable" belongs into the schema/ })
  t.throws(() => fromEntry({ id_field: 'id' }), { message: /order: "id_field" has no use/ })
})

test('refuses two entities on one topic, in whatever layout they meet there', async (t) => {
  const twice = { order: { layout: 'single-topic', topic: 'shop' }, parcel: { layout: 'single-topic', topic: 'shop' } }
  t.throws(() => fromFile(JSON.stringify(twice)), { message: 'ENTITIES: the topic shop belongs to both order and parcel.' })
  const crossed = { order: {}, parcel: { layout: 'single-topic', topic: 'order.update' } }
  t.throws(() => fromFile(JSON.stringify(crossed)), { message: 'ENTITIES: the topic order.update belongs to both order and parcel.' })
})

test('lets entities share a topic that say which records they are, all with state or none', async (t) => {
  const one = { layout: 'single-topic', topic: 'shop.events', envelope: 'none', record: 'shop.Order' }
  const both = (other: object, more = {}) => fromFile(JSON.stringify({ order: { ...one, ...more }, payment: { ...one, ...other } }))
  t.same(
    both({ record: 'shop.Payment' }).map(({ name, state, sharesTopic }) => [name, state, sharesTopic]),
    [
      ['order', undefined, true],
      ['payment', undefined, true],
    ],
  )
  t.match(both({ record: 'shop.Payment', state: false }, { state: false }), [{ state: false }, { state: false }])
  const message = /the topic shop\.events belongs to both order and payment, which is possible where each says by "record"/
  t.throws(() => both({ record: ['shop.Payment', 'shop.Order'] }), { message })
  t.throws(() => both({ record: undefined }), { message })
  t.throws(() => both({ record: 'shop.Payment', state: false }), { message: /so that all of them have state, or none has\.$/ })
  t.throws(() => both({ record: 'shop.Payment', layout: 'topic-per-operation', topic: 'shop' }, { topic: 'shop.update' }), {
    message: /belongs to both/,
  })
})

function fail(): never {
  throw new Error('no file is read')
}
