import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import { connectDecimal, connectTypes, variableScaleDecimal } from '#avro/schema/connect-type.js'
import { encode } from '../../support/values/avro-cases.js'
import { projectedText } from '../../support/values/projected-text.js'

interface Read {
  readonly shown: string
  readonly kinds: readonly string[]
  readonly compared: unknown
  readonly isKnown: boolean
}

/** What becomes of a value that a converter wrote as this type. */
function read(type: object, value: unknown, bytes = encode(recordOf(type) as never, { v: value })): Read {
  const entity = parseEntitySchema('thing', { schema: JSON.stringify(recordOf(type)), references: [] })
  const unknown = new Set<string>()
  const { v: compared } = entity.extractionOf(['v'])(bytes, 0, unknown)
  const shown = projectedText(entity, new Set(entity.leaves.keys()), bytes)
  return { shown, kinds: [...(entity.kindsAt('v')?.kinds ?? [])], compared, isKnown: unknown.size === 0 }
}

const recordOf = (type: object) => ({ type: 'record', name: 'Value', fields: [{ name: 'v', type }] })
const connect = (name: string, base: string, more = {}) => ({ type: base, 'connect.version': 1, 'connect.name': name, ...more })

const ms = 1_764_000_000_000n
const instant = (nanoseconds: bigint) => new Instant(nanoseconds)

const examples: Readonly<Record<string, readonly [value: unknown, shown: string, compared: unknown]>> = {
  'io.debezium.time.Date': [19_723, '2024-01-01', instant(1_704_067_200_000_000_000n)],
  'io.debezium.time.Time': [32_400_001, '09:00:00.001', '09:00:00.001'],
  'io.debezium.time.MicroTime': [32_400_000_001n, '09:00:00.000001', '09:00:00.000001'],
  'io.debezium.time.NanoTime': [32_400_000_000_001n, '09:00:00.000000001', '09:00:00.000000001'],
  'io.debezium.time.Timestamp': [ms, '2025-11-24T16:00:00.000Z', instant(ms * 1_000_000n)],
  'io.debezium.time.MicroTimestamp': [ms * 1000n + 123n, '2025-11-24T16:00:00.000123Z', instant(ms * 1_000_000n + 123_000n)],
  'io.debezium.time.NanoTimestamp': [ms * 1_000_000n + 5n, '2025-11-24T16:00:00.000000005Z', instant(ms * 1_000_000n + 5n)],
  'io.debezium.time.ZonedTimestamp': ['2025-11-24T17:00:00+01:00', '2025-11-24T17:00:00+01:00', instant(ms * 1_000_000n)],
  'io.debezium.time.IsoTimestamp': ['2025-11-24T16:00:00.000000Z', '2025-11-24T16:00:00.000000Z', instant(ms * 1_000_000n)],
  'io.debezium.time.IsoDate': ['2024-01-01Z', '2024-01-01Z', instant(1_704_067_200_000_000_000n)],
  'org.apache.kafka.connect.data.Date': [-1, '1969-12-31', instant(-86_400_000_000_000n)],
  'org.apache.kafka.connect.data.Time': [0, '00:00:00.000', '00:00:00.000'],
  'org.apache.kafka.connect.data.Timestamp': [-1n, '1969-12-31T23:59:59.999Z', instant(-1_000_000n)],
}

test('what Debezium and Connect mean by their types is shown and compared as that', async (t) => {
  t.same(Object.keys(examples), Object.keys(connectTypes))
  for (const [name, { base, type }] of Object.entries(connectTypes)) {
    const [value, shown, compared] = examples[name]!
    const kinds = [type.kind === 'time' ? 'text' : 'instant']
    t.same(read(connect(name, base), value), { shown: JSON.stringify({ v: shown }), kinds, compared, isKnown: true }, name)
  }
})

test('a name on another type than its own means nothing, and neither does one that is not known', async (t) => {
  t.match(read(connect('io.debezium.time.Date', 'long'), 19_723n), { shown: '{"v":19723}', kinds: ['number'] })
  for (const name of ['io.debezium.data.Json', 'io.debezium.data.Uuid', 'io.debezium.data.Enum', 'constructor'])
    t.match(read(connect(name, 'string'), '{"a":1}'), { shown: '{"v":"{\\"a\\":1}"}', kinds: ['text'], compared: '{"a":1}' })
  t.match(read(connect('io.debezium.time.Year', 'int'), 2024), { shown: '{"v":2024}', kinds: ['number'] })
})

test('what Avro itself says of a type counts before what Connect does', async (t) => {
  const both = connect('org.apache.kafka.connect.data.Timestamp', 'long', { logicalType: 'timestamp-micros' })
  t.match(read(both, 1n), { shown: '{"v":"1970-01-01T00:00:00.000001Z"}' })
})

test('a text that names no instant is shown, and a condition on it cannot be decided', async (t) => {
  for (const text of ['infinity', '', '2025-13-01T00:00:00Z'])
    t.same(read(connect('io.debezium.time.ZonedTimestamp', 'string'), text), {
      ...{ shown: JSON.stringify({ v: text }), kinds: ['instant'], compared: null, isKnown: false },
    })
})

test('a time that is a span is shown as that, and a condition on it cannot be decided', async (t) => {
  const hour = 3_600_000_000n
  for (const [micros, shown] of [
    [36n * hour, '36:00:00.000000'],
    [24n * hour, '24:00:00.000000'],
    [838n * hour + 3_599_999_999n, '838:59:59.999999'],
    [-1n, '-00:00:00.000001'],
    [-hour - hour / 2n, '-01:30:00.000000'],
    [-8_640_000_000_000_000_999n, '-2400000000:00:00.000999'],
    [-(2n ** 63n), null],
  ] as const)
    t.same(read(connect('io.debezium.time.MicroTime', 'long'), micros), {
      ...{ shown: JSON.stringify({ v: shown }), kinds: ['text'], compared: null, isKnown: false },
    })
  t.match(read(connect('io.debezium.time.Time', 'int'), -3_600_000), { shown: '{"v":"-01:00:00.000"}', isKnown: false })
  t.match(read(connect('io.debezium.time.NanoTime', 'long'), 90_000_000_000_001n), { shown: '{"v":"25:00:00.000000001"}' })
  const ofDay = { type: 'long', logicalType: 'time-micros' }
  t.match(read(ofDay, 36n * hour), { shown: '{"v":null}', compared: null, isKnown: true }, 'Avro has no spans')
})

test('a decimal of Connect has its scale beside it, as a number or as a parameter', async (t) => {
  const bytes = Buffer.from([0x04, 0xd2])
  for (const more of [{ scale: 2 }, { 'connect.parameters': { scale: '2' } }, { scale: 2, precision: 1, logicalType: 'decimal' }])
    t.same(read(connect(connectDecimal, 'bytes', more), bytes), {
      ...{ shown: '{"v":"12.34"}', kinds: ['number'], compared: new Exact(1234n, 2), isKnown: true },
    })
  t.match(read(connect(connectDecimal, 'bytes', { scale: -2, logicalType: 'decimal', precision: 64 }), bytes), {
    ...{ shown: '{"v":"123400"}', kinds: ['number'], compared: new Exact(123_400n, 0) },
  })
  for (const more of [{}, { scale: 'two' }, { 'connect.parameters': null }, { scale: 99_999 }, { scale: -99_999 }])
    t.match(read(connect(connectDecimal, 'bytes', more), bytes), { shown: '{"v":"BNI="}', kinds: ['text'] })
})

const scaled = {
  ...{ type: 'record', name: 'VariableScaleDecimal', namespace: 'io.debezium.data' },
  fields: [
    { name: 'scale', type: 'int' },
    { name: 'value', type: 'bytes' },
  ],
}

test('a decimal that brings its scale is one value and no record', async (t) => {
  const bytesOf = (scale: number, unscaled: readonly number[]) => encode(scaled, { scale, value: Buffer.from(unscaled) })
  const shown = (scale: number, ...unscaled: number[]) => read(scaled, undefined, bytesOf(scale, unscaled))
  t.same(shown(2, 0x04, 0xd2), { shown: '{"v":"12.34"}', kinds: ['number'], compared: new Exact(1234n, 2), isKnown: true })
  t.same(shown(-3, 0xff), { shown: '{"v":"-1000"}', kinds: ['number'], compared: new Exact(-1000n, 0), isKnown: true })
  t.match(shown(0), { shown: '{"v":"0"}' })
  for (const scale of [2467, -2467]) t.throws(() => shown(scale, 1), { message: /a decimal of more than 2466 digits/ })
  t.same(parseEntitySchema('thing', { schema: JSON.stringify(recordOf(scaled)), references: [] }).leaves, ['v'])
  t.equal(variableScaleDecimal, `${scaled.namespace}.${scaled.name}`)
})

test('a record with that name and other fields, or with tags on them, stays a record', async (t) => {
  const leavesOf = (fields: readonly object[]) =>
    parseEntitySchema('thing', { schema: JSON.stringify(recordOf({ ...scaled, fields })), references: [] }).leaves
  const [scale, value] = scaled.fields
  t.same(leavesOf([value!, scale!]), ['v.value', 'v.scale'])
  t.same(leavesOf([scale!, { ...value, 'confluent:tags': ['PII'] }]), ['v.scale', 'v.value'])
  t.same(leavesOf([scale!]), ['v.scale'])
})
