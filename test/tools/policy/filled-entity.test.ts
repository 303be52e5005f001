import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { filledEntity } from '#tools/policy/filled-entity.js'
import { parseExactJson } from '#text/json-text.js'
import { ConfigurationError } from '#errors.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { entityType, entityValue } from '../../support/values/arbitrary-entity.js'
import { avroSchemaOf, encode } from '../../support/values/entity-model.js'
import { projectedText } from '../../support/values/projected-text.js'

const refuse = (why: string) => new ConfigurationError(why)

test('what some are shown of an entity, filled up, is an entity of which they are shown the same', (t) => {
  const things = entityType.chain((type) =>
    fc.record({ type: fc.constant(type), value: entityValue(type), hidden: fc.infiniteStream(fc.boolean()) }),
  )
  fc.assert(
    fc.property(things, ({ type, value, hidden }) => {
      const schema = avroSchemaOf(type, 'Thing')
      // Where a union has a record, nobody can tell by what is missing whether it is that, with all of it hidden.
      fc.pre(!hasDoubtfulUnion(type))
      const text = JSON.stringify(schema)
      const encoder = EntityEncoder.of({ entityType: 'thing', file: 'thing.avsc', text, schema: schema as RecordSchema, references: [] })
      const leaves = new Set([...encoder.schema.leaves.keys()].filter(() => !hidden.next().value))
      const shown = projectedText(encoder.schema, leaves, encode(type, value, 'Thing'))
      const json = parseExactJson(shown, refuse)
      const { bytes } = encoder.encode(filledEntity(parseAvroSchema(text), json), 'event')
      const again = projectedText(encoder.schema, leaves, bytes)
      if (!agree(json, parseExactJson(again, refuse))) t.equal(again, shown, text)
    }),
    { numRuns: 200 },
  )
  t.end()
})

/** Nothing in a list says neither what is hidden there nor which branch of a union it is. */
function agree(shown: unknown, again: unknown): boolean {
  if (Array.isArray(shown))
    return Array.isArray(again) && shown.length === again.length && shown.every((item, index) => item === null || agree(item, again[index]))
  if (typeof shown !== 'object' || shown === null || typeof again !== 'object' || again === null) return shown === again
  const [one, other] = [shown, again] as [Record<string, unknown>, Record<string, unknown>]
  return Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((name) => agree(one[name], other[name]))
}

function hasDoubtfulUnion(type: unknown): boolean {
  if (typeof type !== 'object' || type === null) return false
  const { kind, branches } = type as { kind?: string; branches?: readonly { kind: string }[] }
  const isDoubtful = kind === 'union' && branches!.some((branch) => ['record', 'map'].includes(branch.kind))
  return isDoubtful || Object.values(type).some(hasDoubtfulUnion)
}
