import { test } from 'tap'
import { AvroReader } from '#avro/read/avro-reader.js'
import { meaningOf } from '#avro/schema/avro-logical-type.js'
import type { Primitive, ScalarNode } from '#avro/schema/avro-schema.js'
import { scalarJsonOf } from '#avro/read/scalar-json.js'
import { jsonTextOf } from '#text/json-output.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { clientFormOf } from '#avro/write/client-form.js'
import { InvalidEntityError } from '#avro/write/invalid-entity.js'

function node(kind: Primitive, logicalType?: string, scale = 2): ScalarNode {
  return { kind, logical: meaningOf(kind, { logicalType, precision: 12, scale }) }
}

function fixed(size: number, logicalType?: string): ScalarNode {
  return { kind: 'fixed', size, logical: meaningOf('fixed', { logicalType, precision: 4, scale: 2, size }) }
}

const form = clientFormOf({ kind: 'record', name: 'Thing', streamable: true, tags: [], fields: [] })

/** As Debezium writes MySQL's type TIME. */
const span = (digits: 3 | 6): ScalarNode => ({
  ...{ kind: digits === 3 ? 'int' : 'long' },
  logical: { kind: 'time', digits, mayBeSpan: true },
})

/** What clients see of the value again; undefined where it is refused. */
function again(of: ScalarNode, value: unknown): unknown {
  const sink = new AvroSink()
  try {
    form.scalarWriterOf(of)(sink, value, 'any')
  } catch (error) {
    if (error instanceof InvalidEntityError) return undefined
    throw error
  }
  return jsonTextOf((output) => scalarJsonOf(of, 'number')(new AvroReader(sink.written(), 0), output))
}

test('takes values as clients see them', (t) => {
  const cases: [ScalarNode, unknown][] = [
    [node('long'), -(2n ** 63n)],
    [node('int', 'date'), '1969-12-31'],
    [node('int', 'date'), '+012345-06-07'],
    [node('int', 'time-millis'), '23:59:59.999'],
    [node('long', 'time-micros'), '00:00:00.000001'],
    [span(6), '36:00:00.000000'],
    [span(6), '-01:30:00.000001'],
    [span(6), '838:59:59.000000'],
    [span(6), '00:00:00.000000'],
    [span(3), '-596:31:23.648'],
    [node('long', 'timestamp-millis'), '-000001-03-01T00:00:00.001Z'],
    [node('long', 'timestamp-micros'), '1969-12-31T23:59:59.999999Z'],
    [node('long', 'timestamp-nanos'), '2026-01-31T12:00:00.000000001Z'],
    [node('long', 'local-timestamp-millis'), '2026-01-31T12:00:00.000'],
    [node('bytes', 'decimal'), '-1000000000.28'],
    [node('bytes', 'decimal'), '-1.28'],
    [node('bytes', 'decimal'), '1.28'],
    [fixed(2, 'decimal'), '-0.01'],
    [node('bytes'), '+/8='],
    [fixed(3), '+/8A'],
    [fixed(12, 'duration'), 'P1M2DT3.004S'],
    [fixed(12, 'duration'), 'PT0.000S'],
    [fixed(16, 'uuid'), '00112233-4455-6677-8899-aabbccddeeff'],
    [{ kind: 'enum', symbols: ['A', 'B'] }, 'B'],
    [node('double'), null],
    [node('double'), 1e21],
    [node('double'), 416345917696770050n],
  ]
  for (const [of, value] of cases) {
    const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value)
    t.equal(again(of, value), text, text)
  }
  t.end()
})

test('takes what people write a little shorter, or as `LONGS=string` does', (t) => {
  t.equal(again(node('long'), '1152921504606846977'), '1152921504606846977')
  t.equal(again(node('bytes', 'decimal'), '10'), '"10.00"')
  t.equal(again(node('long', 'timestamp-millis'), '2026-01-31T12:00:00Z'), '"2026-01-31T12:00:00.000Z"')
  t.equal(again(node('float'), 0.1), '0.10000000149011612')
  t.end()
})

test('refuses what would become another value', (t) => {
  const cases: [ScalarNode, unknown][] = [
    [node('int'), 2 ** 31],
    [node('int'), '1'],
    [node('long'), 2 ** 53],
    [node('long'), 2n ** 63n],
    [node('long'), 1.5],
    [node('long'), null],
    [node('double'), 2n ** 53n + 1n],
    [node('double'), Infinity],
    [node('int', 'date'), '2026-02-30'],
    [node('int', 'date'), 20_000],
    [node('int', 'date'), null],
    [node('int', 'time-millis'), '24:00:00.000'],
    [node('int', 'time-millis'), '-01:00:00.000'],
    [node('int', 'time-millis'), '100:00:00.000'],
    [span(3), '596:31:23.648'],
    [span(6), '9999999999:00:00'],
    [span(6), '12:60:00'],
    [node('int', 'time-millis'), '12:00:00.0001'],
    [node('long', 'timestamp-millis'), '2026-01-31T12:00:00.000'],
    [node('long', 'timestamp-millis'), '2026-01-31T12:00:00.0001Z'],
    [node('long', 'timestamp-nanos'), '3000-01-01T00:00:00.000Z'],
    [node('long', 'local-timestamp-millis'), '2026-01-31T12:00:00.000Z'],
    [node('bytes', 'decimal'), '0.001'],
    [node('bytes', 'decimal'), 10],
    [node('bytes', 'decimal'), '9'.repeat(3000)],
    [fixed(2, 'decimal'), '327.68'],
    [node('bytes'), 'ZXV'],
    [fixed(3), 'ZXU='],
    [fixed(12, 'duration'), 'P'],
    [fixed(12, 'duration'), 'P4294967296D'],
    [fixed(16, 'uuid'), '0011'],
    [{ kind: 'enum', symbols: ['A', 'B'] }, 'C'],
    [node('string'), 1],
    [node('string'), '\ud800'],
    [node('float'), 1e39],
    [node('boolean'), 1],
    [node('null'), 0],
  ]
  for (const [of, value] of cases) t.equal(again(of, value), undefined, `${of.kind}: ${String(value)}`)
  t.end()
})
