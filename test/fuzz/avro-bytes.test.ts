import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { EntityData } from '#avro/entity-data.js'
import { compileEnvelope } from '#gateway/decode/envelope/envelope.js'
import { wireHeaderLength, wireHeaderOf } from '#registry/wire-format.js'
import type { EntityDefinition, Envelope } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { entityType, entityValue } from '../support/values/arbitrary-entity.js'
import { avroSchemaOf, encode, leavesOf, type ModelType, type RecordType, toText } from '../support/values/entity-model.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { mutations } from '../support/values/mutated-bytes.js'
import { projectedText } from '../support/values/projected-text.js'
import { fc } from '../support/running/seeded-properties.js'

const envelopes: readonly Envelope[] = ['none', 'event', 'debezium']
/** Whatever a record of a few hundred bytes says, it takes no longer to be read and written, in CPU. */
const cpuMsMax = 500

const string = (text: string) => Buffer.concat([Buffer.from([text.length * 2]), Buffer.from(text)])
const second = Buffer.from([2]) // The second branch of a union.

/** The record's schema and bytes within what stands on a topic. */
function enveloped(envelope: Envelope, record: unknown, data: Buffer): { readonly schema: unknown; readonly value: Buffer } {
  if (envelope === 'none') return { schema: record, value: data }
  const text = (name: string) => ({ name, type: 'string' })
  if (envelope === 'event') {
    const fields = [...['entity_id', 'entity_type', 'operation'].map(text), { name: 'data', type: ['null', record] }]
    const value = Buffer.concat([string('e-1'), string('entity'), string('update'), second, data])
    return { schema: { type: 'record', name: 'Event', fields }, value }
  }
  const fields = [{ name: 'before', type: ['null', record] }, { name: 'after', type: ['null', 'Entity'] }, text('op')]
  return { schema: { type: 'record', name: 'Envelope', fields }, value: Buffer.concat([Buffer.from([0]), second, data, string('u')]) }
}

/** Where only a leaf that is in the mask is shown may it stand; of what could be several branches one must allow it. */
function isPermitted(json: unknown, type: ModelType, mask: ReadonlySet<string>, path = ''): boolean {
  if (json === null) return true
  if (type.kind === 'null') return false
  if (type.kind === 'union') return type.branches.some((branch) => isPermitted(json, branch, mask, path))
  if (type.kind === 'scalar') return typeof json !== 'object' && mask.has(path)
  if (type.kind === 'array') return Array.isArray(json) && json.every((item) => isPermitted(item, type.items, mask, path))
  if (typeof json !== 'object' || Array.isArray(json)) return false
  if (type.kind === 'map') return Object.values(json).every((item) => isPermitted(item, type.values, mask, path))
  return Object.entries(json).every(([name, member]) => {
    const field = type.fields.find((one) => one.name === name)
    return field !== undefined && isPermitted(member, field.type, mask, path === '' ? name : `${path}.${name}`)
  })
}

/** The text that a mask shows of a value's data; undefined where the value is a bad record. Anything else that is thrown is a fault. */
function shown(read: (value: Buffer) => EntityData | null, value: Buffer, leavesShown: readonly string[]): string | undefined {
  try {
    const data = read(value)
    if (data === null) return undefined
    const { schema, bytes, start } = data
    schema.extractionOf(schema.leaves)(bytes, start)
    return projectedText(schema, new Set(leavesShown.map((leaf) => schema.leaves.indexOf(leaf))), bytes, start)
  } catch (error) {
    if (error instanceof BadRecordError) return undefined
    throw error
  }
}

const scene = entityType.chain((type) => {
  const leaves = [...leavesOf(type).keys()]
  return fc.record({
    type: fc.constant<RecordType>(type),
    value: entityValue(type),
    mask: fc.subarray(leaves),
    envelope: fc.constantFrom(...envelopes),
    mutate: fc.array(mutations, { minLength: 1, maxLength: 8 }),
  })
})

test('of whatever bytes, what a mask hides is not shown, and what cannot be read is a bad record', async (t) => {
  let [good, bad] = [0, 0]
  fc.assert(
    fc.property(scene, ({ type, value, mask, envelope, mutate }) => {
      const entity: EntityDefinition = { name: 'entity', layout: 'single-topic', envelope, topic: 'topic', streamable: true }
      const { schema, value: whole } = enveloped(envelope, avroSchemaOf(type, 'Entity'), encode(type, value, 'Entity'))
      const reader = compileEnvelope(parseAvroSchema(JSON.stringify(schema)), entity, 'number')
      const read = (bytes: Buffer) => reader.read(bytes, wireHeaderLength).data
      const expected = toText(type, value, mask) ?? '{}'
      const untouched = shown(read, Buffer.concat([wireHeaderOf(1), whole]), mask)
      if (untouched !== expected) throw new Error(`${untouched ?? 'nothing'} instead of ${expected}`)
      for (const one of mutate) {
        const mutated = one(whole)
        const begun = process.cpuUsage()
        const text = shown(read, Buffer.concat([wireHeaderOf(1), mutated]), mask)
        const { user, system } = process.cpuUsage(begun)
        if (user + system > cpuMsMax * 1000) throw new Error(`${user + system} us for ${mutated.toString('hex')}`)
        if (text === undefined) bad++
        else good++
        if (text !== undefined && !isPermitted(JSON.parse(text), type, new Set(mask)))
          throw new Error(`${text} is shown by ${mask.join() || 'nothing'} of ${mutated.toString('hex')}`)
      }
    }),
    { numRuns: fuzzRuns(400) },
  )
  t.ok(good > bad / 20 && bad > good / 20, `both are tried: ${good} and ${bad}`)
})
