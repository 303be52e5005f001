import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { diffFiles } from '#tools/schema/compare/schema-diff.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { lintSchemas } from '#tools/schema/schema-lint.js'
import { schemaModelOf } from '#schema/model/schema-model.js'
import { gatewayViewOf, validModelOf } from '#schema/model/schema-validity.js'
import { typescriptOf } from '#tools/schema/typescript-types.js'
import { AvscJourney } from './support/values/avsc-journey.js'
import { valuesOf } from './support/values/avsc-values.js'
import { reasonOf } from './support/values/bad-record.js'
import { entityFile } from './support/schemas/entity-file.js'
import { fc } from './support/running/seeded-properties.js'
import { specificationSchemas, withField } from './support/values/specification-schemas.js'
import { typescriptErrors } from './support/tools/typescript-errors.js'
import { projectedText } from './support/values/projected-text.js'

// What the Avro specification has for examples, through all that reads schemas: https://avro.apache.org/docs/1.11.1/specification/

function sentOf(entity: EntityFile, bytes: Buffer): string {
  const view = gatewayViewOf(entity)
  if ('invalid' in view) throw new Error(view.invalid)
  return projectedText(view, new Set(view.leaves.keys()), bytes)
}

const errorsOf = (...entities: EntityFile[]) =>
  lintSchemas(entities).flatMap(({ rule }) => (/invalid$/.test(rule) ? [rule.replace('schema/', '')] : []))

for (const [what, entity] of specificationSchemas) {
  test(`clients are sent what avsc has written: ${what}`, (t) => {
    t.same(errorsOf(entity), [], 'it is valid')
    t.same(diffFiles(entity, entity), [], 'it means the same as itself')
    const { type } = new AvscJourney(entity)
    fc.assert(
      fc.property(valuesOf(type), ({ written, json }) => isDeepStrictEqual(JSON.parse(sentOf(entity, type.toBuffer(written))), json)),
      { numRuns: 200 },
    )
    t.end()
  })
}

test('what clients are sent is of the types that sluice types writes, of all examples', (t) => {
  const modules = specificationSchemas.map(([, entity], index) => {
    const values = fc.sample(valuesOf(new AvscJourney(entity).type), 20).map(({ json }) => JSON.stringify(json))
    const text = `${typescriptOf([entity], { longs: 'number' })}\nexport const values: Entities['order'][] = [${values.join(',\n')}]\n`
    return [`example-${index}`, text] as const
  })
  t.same(typescriptErrors(Object.fromEntries(modules)), [])
  const [name, text] = modules[0]!
  const wrong = text.replace(/values: .*/s, 'values: Entities["order"][] = [{ value: "1" }]')
  t.match(typescriptErrors({ [name]: wrong }), [/'string' is not assignable to type 'number'/], 'an error would be found')
  t.end()
})

test('reads the bytes that the specification prints', (t) => {
  const printed: readonly (readonly [fields: readonly object[], hex: string, sent: string])[] = [
    [
      [
        { name: 'a', type: 'long' },
        { name: 'b', type: 'string' },
      ],
      '36 06 66 6f 6f',
      '{"a":27,"b":"foo"}',
    ],
    [[{ name: 'a', type: { type: 'array', items: 'long' } }], '04 06 36 00', '{"a":[3,27]}'],
    [[{ name: 'a', type: ['null', 'string'] }], '00', '{"a":null}'],
    [[{ name: 'a', type: ['null', 'string'] }], '02 02 61', '{"a":"a"}'],
    [[{ name: 'a', type: { type: 'enum', name: 'Foo', symbols: ['A', 'B', 'C', 'D'] } }], '06', '{"a":"D"}'],
    ...[0, -1, 1, -2, 2, -64, 64].map((value, index) => {
      const hex = ['00', '01', '02', '03', '04', '7f', '80 01'][index]!
      return [[{ name: 'a', type: 'long' }], hex, `{"a":${value}}`] as const
    }),
  ]
  for (const [fields, hex, sent] of printed) {
    t.equal(sentOf(entityFile({ name: 'test', fields }), Buffer.from(hex.replaceAll(' ', ''), 'hex')), sent)
  }
  t.end()
})

test('reads the logical types of the specification', (t) => {
  const duration = { type: 'fixed', size: 12, name: 'Duration', logicalType: 'duration' }
  const values: readonly (readonly [type: object, written: unknown, sent: string])[] = [
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, '\u0004\u00d2', '"12.34"'],
    [{ type: 'fixed', size: 4, name: 'Money', logicalType: 'decimal', precision: 9, scale: 2 }, '\u00ff\u00ff\u00ff\u009c', '"-1.00"'],
    [{ type: 'string', logicalType: 'uuid' }, '123e4567-e89b-12d3-a456-426655440000', '"123e4567-e89b-12d3-a456-426655440000"'],
    [{ type: 'int', logicalType: 'date' }, 0, '"1970-01-01"'],
    [{ type: 'int', logicalType: 'time-millis' }, 1, '"00:00:00.001"'],
    [{ type: 'long', logicalType: 'time-micros' }, 1, '"00:00:00.000001"'],
    [{ type: 'long', logicalType: 'timestamp-millis' }, 946_684_800_000, '"2000-01-01T00:00:00.000Z"'],
    [{ type: 'long', logicalType: 'local-timestamp-millis' }, 946_684_800_000, '"2000-01-01T00:00:00.000"'],
    [duration, '\u0001\0\0\0\u0002\0\0\0\u0003\0\0\0', '"P1M2DT0.003S"'],
    // 'Language implementations must ignore unknown logical types', and those that are invalid.
    [{ type: 'int', logicalType: 'unheard-of' }, 7, '7'],
    [{ type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 }, '\u0004\u00d2', '"BNI="'],
  ]
  for (const [type, written, sent] of values) {
    const entity = withField(type)
    t.equal(sentOf(entity, new AvscJourney(entity).write({ field: written })), `{"field":${sent}}`)
    t.same(errorsOf(entity), [])
  }
  t.end()
})

test('aliases are of the namespace of what they rename, unless they name their own', (t) => {
  // 'If a type named a.b has aliases of c and x.y, then the fully qualified names of its aliases are a.c and x.y.'
  const fields = [{ name: 'id', type: 'string' }]
  t.same(schemaModelOf(entityFile({ name: 'a.b', aliases: ['c', 'x.y'], fields })).aliases, ['a.c', 'x.y'])
  const [diff] = diffFiles(entityFile({ name: 'Bar', fields }), entityFile({ name: 'Foo', aliases: ['Bar'], fields }))
  t.match(diff?.changes, [{ kind: 'type-renamed', breaks: ['forward'] }])
  t.end()
})

test('takes the defaults of the table in the specification, and no others', (t) => {
  const record = { type: 'record', name: 'Foo', fields: [{ name: 'a', type: 'int' }] }
  const foo = { type: 'enum', name: 'Bar', symbols: ['FOO'] }
  const defaults: readonly (readonly [type: unknown, good: unknown, ...bad: unknown[]])[] = [
    ['null', null, 'null', 0],
    ['boolean', true, 'true', 1],
    ['int', 1, 1.1, '1', null, 2 ** 31],
    ['long', 1, 1.1, '1'],
    ['float', 1.1, '1.1', null],
    ['double', 1.1, '1.1', null],
    ['bytes', '\u00ff', '\u0100', 255],
    ['string', 'foo', 1, null],
    [record, { a: 1 }, {}, { a: '1' }, null],
    [foo, 'FOO', 'foo', 0],
    [{ type: 'array', items: 'int' }, [1], ['1'], 1, {}],
    [{ type: 'map', values: 'int' }, { a: 1 }, { a: '1' }, []],
    [{ type: 'fixed', name: 'F', size: 1 }, '\u00ff', '\u00ff\u00ff', '', '\u0100'],
    // 'Default values for union fields correspond to the first schema in the union.'
    [['null', 'string'], null, 'a'],
    [['string', 'null'], 'a', null],
  ]
  for (const [type, good, ...bad] of defaults) {
    t.same(errorsOf(withField(type, { default: good })), [], JSON.stringify(type))
    for (const one of bad)
      t.same(errorsOf(withField(type, { default: one })), ['default-invalid'], `${JSON.stringify(type)} ${JSON.stringify(one)}`)
  }
  t.same(errorsOf(withField({ ...foo, default: 'BAR' })), ['default-invalid'], 'an enum takes one of its symbols')
  t.end()
})

test('reads what the specification forbids and what does not concern the bytes, and says that others refuse it', (t) => {
  const fixed = { type: 'fixed', name: 'F', size: 1 }
  const recordOf = (...fields: object[]) => ({ type: 'record', name: 'R', fields })
  const named = (name: string) => ({ type: 'record', name, fields: [] })
  const forbidden: readonly (readonly [schema: unknown, why: RegExp])[] = [
    ...['1a', 'a-b', 'a..b', 'a.', 'é', 'a b', 'R(){}'].map((name) => [named(name), /invalid name/] as const),
    [{ ...named('A'), namespace: '1.b' }, /invalid name: "1\.b\.A"/],
    ...['int', 'string', 'a.int'].map((name) => [{ ...fixed, name }, /primitive type: "(int|string)"/] as const),
    ...['a-b', 'a.b'].map((name) => [recordOf({ name, type: 'int' }), /invalid field name/] as const),
    [recordOf({ name: 'a', type: 'F' }, { name: 'b', type: fixed }), /undefined type name: (shop\.)?F/],
    [recordOf({ name: 'a', type: fixed }, { name: 'b', type: fixed }), /duplicate type name: (shop\.)?F/],
    [recordOf({ name: 'a', type: 'int', order: 'sideways' }), /invalid order/],
    ...[['1'], ['a-b'], []].map((symbols) => [{ type: 'enum', name: 'E', symbols }, /symbol/] as const),
    [{ ...named('R'), aliases: ['a-b'] }, /invalid name: ".*a-b"/],
    [{ ...named('R'), aliases: 'Q' }, /an attribute/],
    [{ type: { type: 'int' } }, /./],
  ]
  for (const [schema, why] of forbidden) {
    const text = JSON.stringify(schema)
    parseAvroSchema(text)
    t.match(errorsOf(withField(schema)), ['elsewhere-invalid'], text)
    t.match(
      lintSchemas([withField(schema)]).map(({ what }) => what),
      [why],
      text,
    )
    validModelOf(withField(schema))
  }
  t.end()
})

test('refuses what the specification forbids, and says what it is', (t) => {
  const fixed = { type: 'fixed', name: 'F', size: 1 }
  const recordOf = (...fields: object[]) => ({ type: 'record', name: 'R', fields })
  const named = (name: string) => ({ type: 'record', name, fields: [] })
  const forbidden: readonly (readonly [schema: unknown, why: RegExp])[] = [
    [named(''), /missing name/],
    [recordOf({ name: '', type: 'int' }), /invalid field name/],
    [recordOf({ name: 'a', type: 'int' }, { name: 'a', type: 'string' }), /duplicate .*\ba\b/],
    [recordOf({ name: 'a', type: 'F' }), /undefined type name: (shop\.)?F/],
    [recordOf({ name: 'a' }), /without a type/],
    [{ type: 'record', name: 'R' }, /record fields/],
    [{ type: 'record', fields: [] }, /missing name/],
    [['int', ['null']], /nested/],
    [['int', 'int'], /duplicate union branch name: "int"/],
    [['int', { type: 'int', logicalType: 'date' }], /duplicate union branch/],
    [
      [
        { type: 'array', items: 'int' },
        { type: 'array', items: 'string' },
      ],
      /duplicate union branch/,
    ],
    [[], /empty union/],
    ...[['A', 'A'], 'A'].map((symbols) => [{ type: 'enum', name: 'E', symbols }, /symbol/] as const),
    ...[-1, 1.5, '2', undefined].map((size) => [{ ...fixed, size }, /invalid T\d size/] as const),
    [{ type: 'array' }, /missing array items/],
    [{ type: 'map' }, /missing map values/],
    [recordOf({ name: 'a', type: null }), /invalid type: null/],
  ]
  for (const [schema, why] of forbidden) {
    const text = JSON.stringify(schema)
    t.equal(
      reasonOf(() => parseAvroSchema(text)),
      'schema_invalid',
      text,
    )
    t.match(errorsOf(withField(schema)), ['invalid'], text)
    t.throws(() => validModelOf(withField(schema)), { name: 'ConfigurationError', message: why }, text)
  }
  t.end()
})
