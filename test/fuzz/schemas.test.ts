import { test } from 'tap'
import { CompiledSchema } from '#gateway/decode/schemas/compiled-schema.js'
import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { projectedText } from '../support/values/projected-text.js'
import { fc } from '../support/running/seeded-properties.js'

/** A schema that is taken or refused must not hold the others up; most take a millisecond, the widest half a second. */
const cpuMsMax = 5000

const name = fc.oneof(fc.constantFrom('R', 'S', 'n.R', 'constructor', '__proto__', 'toString', ''), fc.string({ maxLength: 8 }))
const attribute = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(['PII'], 'date', 'decimal', 1024, -1, 1e300))
const primitive = fc.constantFrom('null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string')

/** Nearly an Avro schema: most parts are right, some are anything. */
const { schema } = fc.letrec<{ schema: unknown; field: unknown }>((tie) => ({
  field: fc.record(
    {
      name,
      type: tie('schema'),
      default: attribute,
      'confluent:tags': fc.oneof({ weight: 4, arbitrary: fc.constant(['PII']) }, attribute),
    },
    { requiredKeys: ['name', 'type'] },
  ),
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    primitive,
    name,
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({ type: fc.constant('map'), values: tie('schema') }),
    fc.array(tie('schema'), { maxLength: 4 }),
    fc.record({
      type: fc.constant('record'),
      name,
      fields: fc.oneof({ weight: 9, arbitrary: fc.array(tie('field'), { maxLength: 5 }) }, attribute),
    }),
    fc.record({ type: fc.constant('enum'), name, symbols: fc.oneof(fc.array(name, { maxLength: 4 }), attribute) }),
    fc.record(
      { type: fc.constant('fixed'), name, size: attribute, logicalType: attribute, precision: attribute },
      { requiredKeys: ['type', 'name'] },
    ),
    fc.record(
      { type: primitive, logicalType: attribute, precision: attribute, scale: attribute, aliases: attribute },
      { requiredKeys: ['type'] },
    ),
    attribute,
  ),
}))
const record = fc.record({
  type: fc.constant('record'),
  name: fc.constant('Root'),
  fields: fc.array(fc.record({ name, type: schema }), { maxLength: 5 }),
})

/** Much of the same: what is harmless once. */
const wide = fc
  .tuple(fc.constantFrom('fields', 'records', 'tags', 'symbols', 'union', 'aliases', 'twice', 'itself', 'shared'), fc.nat(3000))
  .map(([kind, n]) => {
    const many = <T>(make: (n: number) => T) => Array.from({ length: n }, (_none, index) => make(index))
    const root = (fields: unknown[], more = {}) => ({ type: 'record', name: 'Root', fields, ...more })
    switch (kind) {
      case 'fields':
        return root(many((i) => ({ name: `f${i}`, type: 'int', 'confluent:tags': [`T${i % 7}`] })))
      case 'records':
        return root(
          many((i) => ({
            name: `f${i}`,
            type: { type: 'record', name: `R${i}`, fields: [{ name: 'a', type: i === 0 ? 'int' : `R${i - 1}` }] },
          })),
        )
      case 'tags':
        return root(
          many((i) => ({ name: `f${i}`, type: 'int' })),
          { 'confluent:tags': many((i) => `T${i}`) },
        )
      case 'symbols':
        return root([{ name: 'a', type: { type: 'enum', name: 'E', symbols: many((i) => `S${i}`) } }])
      case 'union':
        return root([{ name: 'a', type: many((i) => ({ type: 'fixed', name: `F${i}`, size: i })) }])
      case 'aliases':
        return root([{ name: 'a', type: 'int', aliases: many((i) => `A${i}`) }], { aliases: many((i) => `A${i}`) })
      case 'twice':
        return root([...many((i) => ({ name: `f${i}`, type: 'int' })), { name: 'f0', type: 'int' }])
      case 'itself':
        return root(many((i) => ({ name: `f${i}`, type: ['null', 'Root'] })).slice(0, 60))
      case 'shared':
        return many((i) => i)
          .slice(0, 90)
          .reduce<unknown>(
            (inner, i) => ({
              type: 'record',
              name: i === 89 ? 'Root' : `L${i}`,
              fields: [
                { name: 'a', type: inner },
                { name: 'b', type: i === 0 ? 'int' : `L${i - 1}` },
              ],
            }),
            'int',
          )
    }
  })

const structure = fc.oneof({ weight: 20, arbitrary: record }, { weight: 10, arbitrary: schema }, { weight: 1, arbitrary: wide })
const text = fc.oneof(
  { weight: 10, arbitrary: structure.map((one) => JSON.stringify(one)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(structure, fc.nat(400), fc.nat(20))
      .map(([one, at, length]) => JSON.stringify(one).slice(0, at) + JSON.stringify(one).slice(at + length)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('[', '{"type":', '{"type":"array","items":', '{"fields":[{"type":'), fc.nat(50_000))
      .map(([part, n]) => part.repeat(n)),
  },
  { weight: 1, arbitrary: fc.string() },
)

const entities = (['none', 'event', 'debezium'] as const).map((envelope): EntityDefinition => ({
  name: 'thing',
  layout: 'single-topic',
  envelope,
  topic: envelope,
  streamable: true,
}))

test('every text is taken or refused as a schema, in bounded time and with a short reason; what is taken reads all bytes or refuses them', (t) => {
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 2 }), fc.uint8Array({ maxLength: 40 }), (schema, references, bytes) => {
      const { user } = process.cpuUsage()
      // Not at once: a reference that cannot be read makes the whole unusable.
      for (const among of [[], references])
        refusing(() =>
          readAll(
            new CompiledSchema({ id: 1, schema: schema, references: among.map((one) => one) }, 'number', () => []),
            Buffer.from(bytes),
          ),
        )
      const ms = (process.cpuUsage().user - user) / 1000
      if (ms > cpuMsMax) throw new Error(`${ms} ms`)
    }),
    { numRuns: fuzzRuns(250) },
  )
  t.end()
})

function readAll(schema: CompiledSchema, bytes: Buffer): void {
  for (const entity of entities) {
    refusing(() => {
      const envelope = schema.branches[0]!.envelope(entity)
      const its = envelope.schema
      if (its === undefined) return
      refusing(() => void envelope.read(Buffer.concat([Buffer.alloc(5), bytes]), schema.branches[0]!.start))
      refusing(() => void projectedText(its, new Set(its.leaves.keys()), bytes))
      refusing(() => void its.extractionOf(its.leaves.slice(0, 100))(bytes, 0))
      // What lies in an array within an array is a leaf, and has no path for conditions.
      for (const leaf of its.leaves.slice(0, 100)) its.kindsAt(leaf)
    })
  }
}

function refusing(attempt: () => void): void {
  try {
    attempt()
  } catch (error) {
    if (!(error instanceof BadRecordError) || error.message.length > 500) throw error
  }
}
