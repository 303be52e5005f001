import { test } from 'tap'
import type { Longs } from '#tools/schema/typescript-declaration.js'
import { typescriptOf } from '#tools/schema/typescript-types.js'
import { entityFile } from '../../support/schemas/entity-file.js'

const types: readonly (readonly [type: unknown, text: string])[] = [
  ['boolean', 'boolean'],
  ['int', 'number'],
  ['long', 'number'],
  ['double', 'number | null'],
  ['string', 'string'],
  ['bytes', 'string'],
  [{ type: 'int', logicalType: 'date' }, 'string'],
  [{ type: 'long', logicalType: 'timestamp-millis' }, 'string'],
  [{ type: 'long', logicalType: 'date' }, 'number'],
  [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, 'string'],
  [{ type: 'fixed', name: 'F', size: 2 }, 'string'],
  [['null', 'float', 'string'], 'null | number | string'],
  [{ type: 'array', items: ['null', 'int'] }, 'readonly (null | number)[]'],
  [{ type: 'int', 'connect.name': 'io.debezium.time.Date' }, 'string'],
  [
    {
      ...{ type: 'record', name: 'VariableScaleDecimal', namespace: 'io.debezium.data' },
      fields: [
        { name: 'scale', type: 'int' },
        { name: 'value', type: 'bytes' },
      ],
    },
    'string',
  ],
  [{ type: 'map', values: { type: 'array', items: 'string' } }, 'Readonly<Record<string, readonly (string | null)[]>>'],
]

function typescript(fields: readonly object[], longs: Longs = 'number'): string {
  return typescriptOf([entityFile({ name: 'Order', namespace: 'shop', streamable: true, fields })], { longs })
}

test('writes each type as its JSON is', (t) => {
  for (const [type, text] of types) t.ok(typescript([{ name: 'x', type }]).includes(`  readonly x?: ${text}\n`), text)
  t.match(typescript([{ name: 'x', type: 'long' }], 'string'), 'readonly x?: string\n')
  t.match(typescript([{ name: 'x', type: 'long' }], 'number-or-bigint'), 'readonly x?: number | bigint\n')
  t.match(typescript([{ name: 'x', type: 'double' }], 'number-or-string'), 'readonly x?: number | string | null\n')
  t.match(typescript([{ name: 'x', type: 'double' }], 'string'), 'readonly x?: number | null\n')
  t.end()
})

test('writes records and enums by their names, with docs that cannot end their comments', (t) => {
  const next = { name: 'next', type: ['null', 'Node'], doc: 'One */ after\nanother.' }
  const kind = { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'], doc: 'Which.' } }
  const text = typescript([{ name: 'node', type: { type: 'record', name: 'Node', fields: [next, kind] } }])
  t.equal(
    text.slice(text.indexOf('export interface Entities')),
    `export interface Entities {
  readonly order: Order
}

export interface Order {
  readonly node?: Node
}

export interface Node {
  /** One *\\/ after another. */
  readonly next?: null | Node
  readonly kind?: Kind
}

/** Which. */
export type Kind = 'A' | 'B'
`,
  )
  t.end()
})

test('leaves out what is not streamable, and refuses two types of one name', (t) => {
  const order = entityFile({ name: 'Order', fields: [] })
  t.notMatch(typescriptOf([order], { longs: 'number' }), 'Order')
  const part = (namespace: string) => ({ type: 'record', name: 'Part', namespace, fields: [] })
  const twice = () =>
    typescript([
      { name: 'a', type: part('one') },
      { name: 'b', type: part('two') },
    ])
  t.throws(twice, { name: 'ConfigurationError', message: /one\.Part and two\.Part/ })
  t.end()
})

test('refuses a type that two entities declare in two ways, and one that hides what the types are written with', (t) => {
  const entity = (entityType: string, ...fields: object[]) => {
    const money = { name: 'money', type: { type: 'record', name: 'Money', namespace: 'shop', fields } }
    return { ...entityFile({ name: entityType, namespace: 'shop', streamable: true, fields: [money] }), entityType }
  }
  const amount = { name: 'amount', type: 'long' }
  const types = (...entities: ReturnType<typeof entity>[]) => typescriptOf(entities, { longs: 'number' })
  t.match(types(entity('Order', amount), entity('Refund', amount)), 'readonly amount?: number')
  const message = 'shop.Money is declared in two ways; rename one of them, or share one in the folder types/.'
  t.throws(() => types(entity('Order', amount), entity('Refund', { ...amount, type: 'string' })), { name: 'ConfigurationError', message })
  t.throws(() => types(entity('Entities', amount)), { name: 'ConfigurationError', message: /shop\.Entities would have a name/ })
  t.end()
})

test('writes a record anew for each form in which a role sees it, to the depth to which records that hold themselves are shown', (t) => {
  const address = { type: 'record', name: 'Address', fields: ['name', 'city'].map((name) => ({ name, type: 'string' })) }
  const fields = [
    { name: 'home', type: address },
    { name: 'work', type: 'Address' },
    { name: 'bill', type: ['null', 'Address'] },
    { name: 'old', type: 'Address', aliases: ['former'] },
    { name: 'none', type: 'Address' },
    { name: 'next', type: ['null', 'Order'] },
  ]
  // The leaves of each order on the way: home, work, bill, old and none, with a name and a city each.
  const seen = ['always', 'always', 'never', 'always', 'sometimes', 'sometimes', 'always', 'always', 'never', 'never'] as const
  const reader = { roles: ['support'], leavesOf: () => [...seen, ...seen, ...seen, ...seen] }
  const text = typescriptOf([entityFile({ name: 'Order', streamable: true, fields })], { longs: 'number', reader })
  const order = (name: string, next: string) => `export interface ${name} {
  readonly home: Address
  readonly work: Address2
  readonly bill?: null | Address3
  readonly old?: Address
${next === '' ? '' : `  readonly next: null | ${next}\n`}}
`
  t.match(text, /^export interface Address {\n {2}readonly name: string\n {2}readonly city: string\n}$/m)
  t.match(text, /^export interface Address2 {\n {2}readonly city: string\n}$/m)
  t.match(text, /^export interface Address3 {\n {2}readonly name\?: string\n {2}readonly city\?: string\n}$/m)
  for (const [name, next] of [
    ['Order', 'Order2'],
    ['Order2', 'Order3'],
    ['Order3', 'Order4'],
    ['Order4', ''],
  ] as const)
    t.ok(text.includes(order(name, next)), `${order(name, next)} in ${text}`)
  t.end()
})

test('writes names that are none in TypeScript as ones that are', (t) => {
  const nested = (name: string) => ({ type: 'record', name, namespace: 'my-shop.2024', fields: [] })
  const names = ['order-value', '2nd', 'Orders$Order', 'string'].map((name) => ({ name: `of-${name}`, type: nested(name) }))
  const text = typescript(names)
  for (const [field, type] of Object.entries({
    'of-order-value': 'order_value',
    'of-2nd': '_2nd',
    'of-Orders$Order': 'Orders$Order',
    'of-string': 'string_',
  })) {
    t.ok(text.includes(`  readonly '${field}'?: ${type}\n`), field)
    t.ok(text.includes(`export interface ${type} {`), type)
  }
  t.end()
})

test('leaves out fields that are marks', (t) => {
  const fields = ['id', '__deleted'].map((name) => ({ name, type: 'string' }))
  const definitionOf = (name: string) =>
    ({ name, layout: 'single-topic', envelope: 'none', topic: name, marks: { deleted: '__deleted' } }) as const
  const text = typescriptOf([entityFile({ name: 'Order', streamable: true, fields })], { longs: 'number', definitionOf })
  t.ok(text.includes('readonly id?: string'))
  t.notOk(text.includes('__deleted'))
  t.end()
})

test('leaves out an entity of which a role never sees anything', (t) => {
  const reader = { roles: ['support'], leavesOf: () => ['never' as const] }
  const text = typescriptOf([entityFile({ name: 'Order', streamable: true, fields: [{ name: 'x', type: 'int' }] })], {
    longs: 'number',
    reader,
  })
  t.ok(text.endsWith('export interface Entities {\n}\n'))
  t.end()
})
