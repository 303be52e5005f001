import fc from 'fast-check'
import type { ModelType, ModelValue, RecordType, Sample, ScalarType } from './entity-model.js'

/** A number to plain CASL: a symbol, which it takes for a scalar and never for a record. */
function number(avro: unknown, text: string, ...literals: (number | string)[]): Sample {
  return { avro, json: text, plain: Symbol.for(`number:${text.replaceAll('"', '')}`), literals }
}

function instant(avro: unknown, text: string, nanoseconds: bigint, ...literals: string[]): Sample {
  return { avro, json: JSON.stringify(text), plain: Symbol.for(`instant:${nanoseconds}`), literals: [text, ...literals] }
}

function text(value: string, avro: unknown = value): Sample {
  return {
    avro,
    json: JSON.stringify(value),
    plain: value,
    literals: [value, value, value, value, value, value.includes('$') ? value : `${value}!`, Number(value) || 0],
  }
}

function scalar(compares: ScalarType['compares'], schema: ScalarType['schema'], ...samples: Sample[]): ScalarType {
  return { kind: 'scalar', schema, compares, samples }
}

/** What stands for a value that is not known, where a connector writes the events. */
export const unavailable = '__unavailable'
const unavailableUuid = '73d454eb-d673-3983-a065-cb98c7dd003f'

const nothing: Sample = { avro: NaN, json: 'null', plain: null, literals: [null] }
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 }
const second = 1_000_000_000n
const connect = (type: string, name: string, more = {}) => ({ type, 'connect.name': name, ...more })
/** A text that is no instant, where one is compared. */
const endless: Sample = { ...text('infinity'), plain: null, isUndecidable: true }
const variableDecimal = {
  ...{ type: 'record', name: 'VariableScaleDecimal', namespace: 'io.debezium.data' },
  fields: [
    { name: 'scale', type: 'int' },
    { name: 'value', type: 'bytes' },
  ],
}

/** Few values each, so that conditions hit them often; those beside each other differ where a sloppy comparison sees no difference. */
const scalars: readonly ScalarType[] = [
  scalar(
    'text',
    'string',
    text('eu'),
    text('us'),
    text('10'),
    text('10.00'),
    text('${user.s}'),
    text('$ne'),
    text(''),
    text(unavailable),
    text(unavailableUuid),
  ),
  scalar(
    'boolean',
    'boolean',
    ...[true, false].map((value) => ({
      avro: value,
      json: String(value),
      plain: value,
      literals: [value, value, value, value, value, value, 1],
    })),
  ),
  scalar('number', 'int', number(0, '0', 0, '0.0'), number(10, '10', 10, '10', '10.00'), number(-5, '-5', -5, -4.5)),
  scalar(
    'number',
    'long',
    number(10n, '10', 10, '10.0'),
    number(1152921504606846976n, '1152921504606846976', '1152921504606846976'),
    number(1152921504606846977n, '1152921504606846977', '1152921504606846977'),
  ),
  scalar(
    'number',
    'double',
    number(10, '10', 10, '10'),
    number(0.1, '0.1', 0.1, '0.1'),
    number(1e21, '1e+21', '1000000000000000000000'),
    nothing,
  ),
  scalar(
    'number',
    decimal,
    number(Buffer.from([0x03, 0xe8]), '"10.00"', 10, '10.00', '10'),
    number(Buffer.from([0x04, 0x1a]), '"10.50"', 10.5, '10.500'),
    number(Buffer.from([0xfb]), '"-0.05"', -0.05, '-0.05'),
  ),
  scalar(
    'instant',
    { type: 'int', logicalType: 'date' },
    instant(19_358, '2023-01-01', 1_672_531_200n * second, '2023-01-01T00:00:00Z'),
    instant(-1, '1969-12-31', -86_400n * second),
  ),
  scalar(
    'instant',
    { type: 'long', logicalType: 'timestamp-micros' },
    instant(1_672_531_200_000_000n, '2023-01-01T00:00:00.000000Z', 1_672_531_200n * second, '2023-01-01', '2023-01-01T02:00+02:00'),
    instant(1_672_531_200_000_001n, '2023-01-01T00:00:00.000001Z', 1_672_531_200n * second + 1000n, '2023-01-01T00:00:00.000001000'),
  ),
  scalar('text', { type: 'enum', symbols: ['eu', 'us'] }, text('eu'), text('us')),
  scalar(
    'text',
    'bytes',
    text('ZXU=', Buffer.from('eu')),
    text('', Buffer.from('')),
    text(Buffer.from(unavailable).toString('base64'), Buffer.from(unavailable)),
  ),
  scalar('text', { type: 'int', logicalType: 'time-millis' }, text('08:00:00.000', 28_800_000)),
]

/** What only Connect says of its values. */
const connectScalars: readonly ScalarType[] = [
  scalar(
    'instant',
    connect('int', 'io.debezium.time.Date'),
    instant(19_358, '2023-01-01', 1_672_531_200n * second, '2023-01-01T00:00:00Z'),
    instant(-1, '1969-12-31', -86_400n * second),
  ),
  scalar('instant', connect('long', 'io.debezium.time.NanoTimestamp'), instant(1n, '1970-01-01T00:00:00.000000001Z', 1n)),
  scalar(
    'instant',
    connect('string', 'io.debezium.time.ZonedTimestamp'),
    instant('2023-01-01T01:00:00+01:00', '2023-01-01T01:00:00+01:00', 1_672_531_200n * second, '2023-01-01'),
    endless,
  ),
  scalar('text', connect('long', 'io.debezium.time.MicroTime'), text('08:00:00.000000', 28_800_000_000n)),
  scalar(
    'number',
    connect('bytes', 'org.apache.kafka.connect.data.Decimal', { 'connect.parameters': { scale: '2' } }),
    number(Buffer.from([0x03, 0xe8]), '"10.00"', 10, '10'),
  ),
  scalar(
    'number',
    variableDecimal,
    number({ scale: 2, value: Buffer.from([0x03, 0xe8]) }, '"10.00"', 10, '10.0'),
    number({ scale: -1, value: Buffer.from([0x01]) }, '"10"', 10, '10'),
    number({ scale: 3, value: Buffer.from([0xfb]) }, '"-0.005"', -0.005, '-0.005'),
  ),
]

const tags = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.constantFrom(['PII'], ['COST'], ['PII', 'COST']) },
)

/** What is defined more than once under one name must be the same each time. */
const scalarType = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...scalars) }, { weight: 1, arbitrary: fc.constantFrom(...connectScalars) }),
    tags,
  )
  .map(([type, own]) => ({ ...type, tags: type.schema === variableDecimal ? [] : own }))

function recordType(depth: number): fc.Arbitrary<RecordType> {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), {
    minLength: depth === 0 ? 1 : 0,
    maxLength: depth === 0 ? 4 : 3,
  })
  return names.chain((all) =>
    fc
      .tuple(tags, ...all.map((name) => fc.record({ name: fc.constant(name), type: modelType(depth + 1), tags })))
      .map(([own, ...fields]) => ({ kind: 'record' as const, tags: own, fields })),
  )
}

function modelType(depth: number): fc.Arbitrary<ModelType> {
  if (depth > 3) return scalarType
  const inner = fc.oneof({ weight: 2, arbitrary: scalarType }, { weight: 2, arbitrary: recordType(depth) })
  const many = fc.oneof({ weight: 3, arbitrary: listOf(inner) }, { weight: 1, arbitrary: listOf(listOf(inner)) })
  const branches = fc.array(recordType(depth), { minLength: 1, maxLength: 3 })
  return fc.oneof(
    { weight: 4, arbitrary: scalarType },
    { weight: 3, arbitrary: recordType(depth) },
    { weight: 3, arbitrary: many },
    { weight: 2, arbitrary: inner.map((branch) => union({ kind: 'null' }, branch)) },
    { weight: 1, arbitrary: fc.tuple(scalarType, branches).map(([one, others]) => union(one, ...others)) },
    { weight: 1, arbitrary: branches.map((all) => union({ kind: 'null' }, ...all)) },
    { weight: 1, arbitrary: fc.tuple(many, branches).map(([one, others]) => union({ kind: 'null' }, one, ...others)) },
    {
      weight: 1,
      arbitrary: fc.tuple(scalarType, branches).map(([one, others]) => ({ kind: 'array' as const, items: union(one, ...others) })),
    },
  )
}

/** Arrays and maps. */
function listOf(inner: fc.Arbitrary<ModelType>): fc.Arbitrary<ModelType> {
  const array = fc.tuple(inner, tags).map(([items, own]) => ({ kind: 'array' as const, items, tags: own }))
  const map = fc.tuple(inner, tags).map(([values, own]) => ({ kind: 'map' as const, values, tags: own }))
  return fc.oneof({ weight: 2, arbitrary: array }, { weight: 1, arbitrary: map })
}

function union(...branches: ModelType[]): ModelType {
  return { kind: 'union', branches }
}

/** Records of records, arrays, maps and unions, some fields tagged. */
export const entityType: fc.Arbitrary<RecordType> = recordType(0)

/** One more than conditions compare. */
function tooMany(item: ModelValue): ModelValue {
  return { kind: 'array', items: new Array<ModelValue>(10_001).fill(item) }
}

export function entityValue(type: ModelType): fc.Arbitrary<ModelValue> {
  switch (type.kind) {
    case 'null':
      return fc.constant({ kind: 'null' })
    case 'scalar':
      return fc.constantFrom(...type.samples).map((sample) => ({ kind: 'scalar', sample }))
    case 'record':
      return fc.tuple(...type.fields.map((field) => entityValue(field.type))).map((fields) => ({ kind: 'record', fields }))
    case 'array':
      return fc.oneof(
        { weight: 400, arbitrary: fc.array(entityValue(type.items), { maxLength: 3 }).map((items) => ({ kind: 'array' as const, items })) },
        { weight: 1, arbitrary: entityValue(type.items).map(tooMany) },
      )
    case 'map':
      return fc
        .uniqueArray(fc.tuple(fc.constantFrom('k', 'l', 'a'), entityValue(type.values)), { selector: ([key]) => key, maxLength: 2 })
        .map((entries) => ({ kind: 'map', entries }))
    case 'union':
      return fc.oneof(
        ...type.branches.map((branch, index) => entityValue(branch).map((value) => ({ kind: 'union' as const, branch: index, value }))),
      )
  }
}
