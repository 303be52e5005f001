import { test } from 'tap'
import type { ArrayNode, AvroNode, RecordNode, UnionNode } from '#avro/schema/avro-schema.js'
import { parseAvroSchema, parseAvroSchemas } from '#avro/avro-schema-parser.js'
import { reasonOf } from '../support/values/bad-record.js'

const parse = (schema: unknown, ...references: unknown[]) =>
  parseAvroSchema(
    JSON.stringify(schema),
    references.map((reference) => JSON.stringify(reference)),
  )
const typeOf = (record: AvroNode, name: string) => (record as RecordNode).fields.find((field) => field.name === name)?.type

test("reads the specification's own examples", (t) => {
  const longList = parse({
    type: 'record',
    name: 'LongList',
    aliases: ['LinkedLongs'],
    fields: [
      { name: 'value', type: 'long' },
      { name: 'next', type: ['null', 'LongList'] },
    ],
  })
  t.same((typeOf(longList, 'next') as UnionNode).branches[1], longList)
  t.same(parse({ type: 'enum', name: 'Suit', symbols: ['SPADES', 'HEARTS'] }), { kind: 'enum', symbols: ['SPADES', 'HEARTS'] })
  t.same(parse({ type: 'array', items: 'string', default: [] }), { kind: 'array', items: { kind: 'string', logical: undefined } })
  t.same(parse({ type: 'map', values: 'long', default: {} }), { kind: 'map', values: { kind: 'long', logical: undefined } })
  t.same(parse({ type: 'fixed', size: 16, name: 'md5' }), { kind: 'fixed', size: 16, logical: undefined })
  t.same(parse({ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }), {
    kind: 'bytes',
    logical: { kind: 'decimal', precision: 4, scale: 2 },
  })
  const error = parse({ type: 'error', name: 'Oops', fields: [] })
  t.equal(error.kind, 'record')
  t.end()
})

test('resolves names in their namespaces, as the specification says', (t) => {
  const example = parse({
    type: 'record',
    name: 'Example',
    namespace: 'a.full',
    fields: [
      { name: 'inherited', type: { type: 'fixed', name: 'inheritedName', size: 1 } },
      { name: 'explicit', type: { type: 'fixed', name: 'explicitName', namespace: 'explicit', size: 2 } },
      {
        name: 'full',
        type: { type: 'record', name: 'a.third.Name', fields: [{ name: 'inner', type: { type: 'fixed', name: 'In', size: 3 } }] },
      },
      { name: 'byShortName', type: 'inheritedName' },
      { name: 'byFullName', type: 'explicit.explicitName' },
      { name: 'ofThird', type: 'a.third.In' },
    ],
  })
  t.equal((example as RecordNode).name, 'a.full.Example')
  t.equal(typeOf(example, 'byShortName'), typeOf(example, 'inherited'))
  t.equal(typeOf(example, 'byFullName'), typeOf(example, 'explicit'))
  t.match(typeOf(example, 'ofThird'), { kind: 'fixed', size: 3 })
  t.end()
})

test('finds types that other schemas define, each after those that it needs', (t) => {
  const city = { type: 'record', name: 'geo.City', fields: [{ name: 'name', type: 'string' }] }
  const address = { type: 'record', name: 'geo.Address', fields: [{ name: 'city', type: 'City' }] }
  const person = { type: 'record', name: 'Person', fields: [{ name: 'address', type: 'geo.Address' }] }
  const record = parse(person, city, address)
  t.match(typeOf(typeOf(record, 'address')!, 'city'), { kind: 'record', name: 'geo.City' })
  t.equal(
    reasonOf(() => parse(person, address)),
    'schema_invalid',
  )
  t.end()
})

test('finds types that the same schema defines further on, as the library of Java does', (t) => {
  const line = {
    type: 'record',
    name: 'Line',
    fields: [
      { name: 'of', type: ['null', 'Order'] },
      { name: 'unit', type: 'Unit' },
    ],
  }
  const unit = { type: 'enum', name: 'Unit', symbols: ['KG', 'PIECE'] }
  const fields = [
    { name: 'first', type: 'Line' },
    { name: 'lines', type: { type: 'array', items: line } },
    { name: 'unit', type: unit },
    { name: 'other', type: 'other.Unit' },
    { name: 'last', type: { ...unit, namespace: 'other', symbols: ['OTHER'] } },
  ]
  const order = parse({ type: 'record', name: 'Order', namespace: 'shop', fields })
  const first = typeOf(order, 'first') as RecordNode
  t.equal(first.name, 'shop.Line')
  t.equal((typeOf(order, 'lines') as ArrayNode).items, first)
  t.equal((typeOf(first, 'of') as UnionNode).branches[1], order)
  t.equal(typeOf(first, 'unit'), typeOf(order, 'unit'))
  t.same(typeOf(order, 'other'), { kind: 'enum', symbols: ['OTHER'] })
  const earlier = { type: 'fixed', name: 'Line', namespace: 'shop', size: 4 }
  const small = { type: 'record', name: 'shop.Small', fields: [{ name: 'line', type: 'Line' }] }
  t.same(typeOf(parse(small, earlier), 'line'), { kind: 'fixed', size: 4, logical: undefined }, 'what is known counts first')
  t.equal(
    reasonOf(() => parse({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'Missing' }] })),
    'schema_invalid',
  )
  t.end()
})

test('takes defaults that do not fit their union, which other libraries write', (t) => {
  const schema = { type: 'record', name: 'Old', fields: [{ name: 'v', type: ['string', 'null'], default: null }] }
  t.equal(
    reasonOf(() => parse(schema)),
    undefined,
  )
  t.end()
})

test('reads what the libraries of writers take, as names take no part in the bytes', (t) => {
  const text = { name: 'id', type: 'string' }
  const record = (name: string, namespace?: string, ...fields: object[]) => ({
    type: 'record',
    name,
    ...(namespace && { namespace }),
    fields: [text, ...fields],
  })
  const field = (type: unknown, name = 'v') => ({ name, type })
  const kinds = [
    ...['my-shop.orders', 'shop.2024', 'com.shop.Orders$'].map((namespace) => record('Order', namespace)),
    ...['Orders$Order', 'order-value', '1st', 'R(){}'].map((name) => record(name, 'shop')),
    ...['order-status', '$status', '2nd', 'größe', 'two words'].map((name) => record('Order', 'shop', field('string', name))),
    record('Order', 'shop', field({ type: 'enum', name: 'Status', symbols: ['ON-HOLD', 'OPEN'] })),
    record('Order', 'shop', field(['null', { type: 'enum', name: 'Kind', symbols: [] }])),
    record('Order', 'shop', field(record('string', 'shop.types'))),
    record('Order', 'shop', field({ type: 'fixed', name: 'None', size: 0 })),
    { ...record('Order', 'shop', { ...field('string'), aliases: ['order-status'] }), aliases: ['my-order'] },
    { ...record('Order', 'shop'), aliases: 'no list', doc: 7 },
    record('Order', 'shop', { ...field('string'), order: 'sideways' }),
    record('Order', 'shop', field({ type: { type: 'string' } })),
    record('Order', 'shop', field({ type: ['null', 'string'] })),
    record('Order', 'shop', field(record('Item', 'shop')), field({ type: 'Item' }, 'w'), field({ type: 'shop.Item' }, 'x')),
    record('Order', 'shop', field(record('Item', 'shop')), field(record('Item', 'shop'), 'w')),
  ]
  for (const schema of kinds)
    t.equal(
      reasonOf(() => parse(schema)),
      undefined,
      JSON.stringify(schema),
    )
  t.equal((parse(kinds[0]) as RecordNode).name, 'my-shop.orders.Order')
  const twice = parse(kinds.at(-1)!) as RecordNode
  t.equal(typeOf(twice, 'w'), typeOf(twice, 'v'), 'a definition that is there twice is one type')
  const global = parse(record('Order', 'shop', field('Item')), record('Item'))
  t.match(typeOf(global, 'v'), { kind: 'record', name: 'Item' }, 'a name without a namespace is found in none')
  t.end()
})

test('tags around a type within an object count for it', (t) => {
  const item = { type: 'record', name: 'Item', fields: [] }
  const around = (type: unknown) => ({ type, 'confluent:tags': ['PII'] })
  const record = parse({
    type: 'record',
    name: 'R',
    fields: [item, around({ type: 'string', 'confluent:tags': ['COST'] }), around('Item')].map((type, n) => ({ name: `f${n}`, type })),
  })
  t.same(
    [0, 1, 2].map((n) => (typeOf(record, `f${n}`) as RecordNode).tags),
    [[], ['COST', 'PII'], ['PII']],
  )
  t.end()
})

test('references that hold the same type are read, and those that hold different ones under one name are named', (t) => {
  const currency = (...symbols: string[]) => ({ type: 'enum', name: 'Currency', namespace: 'shop.money', symbols })
  const change = (name: string, type: object) => ({ type: 'record', name, namespace: 'shop', fields: [{ name: 'currency', type }] })
  const budget = { type: 'record', name: 'Budget', namespace: 'shop', fields: [{ name: 'change', type: ['shop.Lowered', 'shop.Raised'] }] }
  const references = (other: object) =>
    [change('Lowered', currency('EUR', 'USD')), change('Raised', other)].map((one) => JSON.stringify(one))
  const read = (other: object) =>
    parseAvroSchemas(JSON.stringify(budget), references(other), ['lowered-value, version 1', 'raised-value, version 2'])
  const { branches } = typeOf(read({ doc: 'Money.', aliases: ['Coin'], ...currency('EUR', 'USD') }).root, 'change') as UnionNode
  t.equal(typeOf(branches[0]!, 'currency'), typeOf(branches[1]!, 'currency'))
  for (const other of [
    currency('USD', 'EUR'),
    { ...currency('EUR', 'USD'), 'confluent:tags': ['PII'] },
    { ...change('Currency', currency()), namespace: 'shop.money' },
  ])
    t.throws(() => read(other), {
      message: /the type shop\.money\.Currency is one in lowered-value, version 1 and another one in raised-value, version 2$/,
    })
  t.end()
})

test('refuses what is no usable schema', (t) => {
  let deep = '"int"'
  for (let i = 0; i < 50_000; i++) deep = `{"type":"array","items":${deep}}`
  const texts = {
    rubbish: '<html>',
    'a number': '5',
    null: 'null',
    'an unknown type': '"strnig"',
    'a name of the prototype': '"constructor"',
    'a duplicate field': '{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}',
    'a record without a name': '{"type":"record","fields":[]}',
    'a nested union': '["int",["null"]]',
    'tags that are no list': '{"type":"record","name":"R","fields":[{"name":"a","type":"int","confluent:tags":"PII"}]}',
    'a decimal of too many digits': '{"type":"bytes","logicalType":"decimal","precision":1000000000,"scale":999999999}',
    'too deep': deep,
    'too long': `"${'x'.repeat(1_000_001)}"`,
  }
  for (const [what, text] of Object.entries(texts)) {
    t.equal(
      reasonOf(() => parseAvroSchema(text)),
      'schema_invalid',
      what,
    )
  }
  t.end()
})
