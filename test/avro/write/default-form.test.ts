import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { avroWriterOf } from '#avro/write/avro-writer.js'
import { serviceForm } from '#avro/write/service-form.js'
import { allLeaves, parseEntity } from '../../support/values/entity-cases.js'
import { projectedText } from '../../support/values/projected-text.js'

/** What a client sees of a record whose only field was left out. */
function seen(type: unknown, standard: string): string {
  const text = `{"type":"record","name":"Thing","fields":[{"name":"x","type":${JSON.stringify(type)},"default":${standard}}]}`
  const sink = new AvroSink()
  avroWriterOf(parseAvroSchema(text) as RecordNode, serviceForm)(sink, {}, 'any')
  const entity = parseEntity(JSON.parse(text) as object)
  return projectedText(entity, allLeaves(entity), sink.written()).slice('{"x":'.length, -1)
}

const part = { type: 'record', name: 'Part', fields: [{ name: 'count', type: ['null', 'long'], default: null }] }
const loop = { type: 'record', name: 'Loop', fields: [{ name: 'next', type: 'Loop', default: {} }] }

test('writes each default as the Avro specification reads it', (t) => {
  const cases: [unknown, string, string][] = [
    ['boolean', 'true', 'true'],
    ['long', '9223372036854775807', '9223372036854775807'],
    ['double', '12345678901234567890', '12345678901234567000'],
    ['float', '0.1', '0.10000000149011612'],
    ['double', '"NaN"', 'null'],
    ['string', '"é"', '"é"'],
    ['bytes', '"\\u00ff"', '"/w=="'],
    [{ type: 'fixed', name: 'F', size: 2 }, '"ab"', '"YWI="'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '"B"', '"B"'],
    [{ type: 'int', logicalType: 'date' }, '-1', '"1969-12-31"'],
    [{ type: 'long', logicalType: 'timestamp-millis' }, '0', '"1970-01-01T00:00:00.000Z"'],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, '"\\u0003\\u00e8"', '"10.00"'],
    [['null', 'string'], 'null', 'null'],
    [['string', 'null'], '"eu"', '"eu"'],
    [['long', 'string'], '"10"', '"10"'],
    [{ type: 'array', items: part }, '[{},{"count":1}]', '[{"count":null},{"count":1}]'],
    [{ type: 'map', values: 'int' }, '{"__proto__":1}', '{"__proto__":1}'],
  ]
  for (const [type, standard, expected] of cases) t.equal(seen(type, standard), expected, `${JSON.stringify(type)} ${standard}`)
  t.end()
})

test('takes a default that is no value of its type for none, so that the field is missing', (t) => {
  const cases: [unknown, string][] = [
    ['int', '"1"'],
    ['long', '9223372036854775808'],
    ['string', 'null'],
    ['bytes', '"\\u0100"'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, '"C"'],
    [{ type: 'record', name: 'R', fields: [{ name: 'y', type: 'int' }] }, '{}'],
    [loop, '{}'],
  ]
  for (const [type, standard] of cases) {
    t.throws(
      () => seen(type, standard),
      { name: 'InvalidEntityError', path: 'x', actual: 'missing' },
      `${JSON.stringify(type)} ${standard}`,
    )
  }
  t.end()
})
