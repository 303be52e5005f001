import { test } from 'tap'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { Branch, encode } from '../../support/values/avro-cases.js'
import { projectedText } from '../../support/values/projected-text.js'

const unavailableValue = '__none'
const bytes = Buffer.from(unavailableValue)
const text = { type: 'string' } as const

/** Of a record with this field alone: what is shown of the value, and the paths that are unknown to conditions. */
function seen(
  type: unknown,
  value: unknown,
  paths = ['v'],
  options: { unavailableValue?: string } = { unavailableValue },
): [shown: string, unknown: string[]] {
  const schema = { type: 'record', name: 'Thing', fields: [{ name: 'v', type }] }
  const entity = parseEntitySchema('thing', { schema: JSON.stringify(schema), references: [] }, options)
  const record = encode(schema as never, { v: value })
  const unknown = new Set<string>()
  entity.extractionOf(paths)(record, 0, unknown)
  return [projectedText(entity, new Set(entity.leaves.keys()), record), [...unknown]]
}

const listOf = (items: unknown) => ({ type: 'array', items })
const mapOf = (values: unknown) => ({ type: 'map', values })
const line = { type: 'record', name: 'Line', fields: [{ name: 'note', type: 'string' }] }

test('leaves out what a connector does not have, which conditions do not know', async (t) => {
  const out = ['{}', ['v']]
  t.same(seen('string', unavailableValue), out)
  t.same(seen('bytes', bytes), out)
  t.same(seen({ type: 'fixed', name: 'F', size: bytes.length }, bytes), out)
  t.same(seen({ type: 'enum', name: 'E', symbols: ['a', unavailableValue] }, unavailableValue), out)
  t.same(seen({ type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 }, bytes), out)
  t.same(seen(['null', 'string'], new Branch(1, unavailableValue)), out)
  t.same(seen(listOf('string'), [unavailableValue]), out)
  t.same(seen(listOf(['null', 'bytes']), [new Branch(1, bytes)]), out)
  t.same(seen(listOf(listOf('string')), [[unavailableValue]]), out)
  t.same(seen(mapOf('string'), new Map([[unavailableValue, unavailableValue]])), out)
  for (const item of ['int', 'long'])
    t.same(
      seen(
        listOf(item),
        [...bytes].map((byte) => (item === 'int' ? byte : BigInt(byte))),
      ),
      out,
    )
  t.same(seen(listOf({ type: 'int', 'connect.name': 'io.debezium.time.Date' }), [...bytes]), out)
})

test('leaves out the UUID that Debezium makes of the text for a list of UUIDs, also as 16 bytes, and no other', async (t) => {
  const debezium = { unavailableValue: '__debezium_unavailable_value' }
  const uuid = 'b68a35a7-17ad-35b3-af2a-ae46edb4545a'
  const uuidBytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  const fixed = { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' }
  const bare = { type: 'fixed', name: 'U', size: 16 }
  const out = ['{}', ['v']]
  const seenOf = (type: unknown, value: unknown) => seen(type, value, ['v'], debezium)
  t.same(seenOf(listOf({ type: 'string', logicalType: 'uuid' }), [uuid]), out)
  t.same(seenOf(listOf(['null', 'string']), [new Branch(1, uuid)]), out)
  t.same(seenOf('string', uuid), out)
  t.same(seenOf(fixed, uuidBytes), out)
  t.same(seenOf(listOf(fixed), [uuidBytes]), out)
  t.same(seenOf(bare, uuidBytes), [`{"v":"${uuidBytes.toString('base64')}"}`, []], 'which are no UUID')
  t.same(seenOf(listOf('string'), [uuid.replace('b', 'c')]), [`{"v":["${uuid.replace('b', 'c')}"]}`, []])
  t.same(seen('string', uuid), [`{"v":"${uuid}"}`, []], 'that of another text')
})

test('leaves the rest of a list and of a record where it is', async (t) => {
  t.same(seen(listOf('string'), ['a', unavailableValue]), ['{"v":["a",null]}', ['v']])
  t.same(seen(mapOf('string'), new Map(Object.entries({ a: 'x', b: unavailableValue }))), ['{"v":{"a":"x"}}', ['v']])
  t.same(seen(listOf(line), [{ note: unavailableValue }, { note: 'x' }], ['v', 'v.note']), ['{"v":[{},{"note":"x"}]}', ['v.note']])
})

test('knows that below what is not known nothing is known', async (t) => {
  t.same(seen(['string', line], new Branch(0, unavailableValue), ['v.note', 'v']), ['{}', ['v', 'v.note']])
})

test('knows nothing of a path either where it lies in a list within a list, which conditions on elements reach', async (t) => {
  const type = [listOf(listOf(line)), mapOf('Line')]
  t.same(seen(type, new Branch(0, [[{ note: unavailableValue }, { note: 'x' }]]), ['v.note']), ['{"v":[[{},{"note":"x"}]]}', ['v.note']])
})

test('takes nothing else for it', async (t) => {
  t.same(seen('string', `${unavailableValue} `), [`{"v":"${unavailableValue} "}`, []])
  t.same(seen('bytes', bytes.subarray(1)), [`{"v":"${bytes.subarray(1).toString('base64')}"}`, []])
  t.same(seen(listOf('int'), [...bytes, 1]), [`{"v":[${[...bytes, 1].join()}]}`, []])
  t.same(seen(listOf('int'), [...bytes].slice(1)), [`{"v":[${[...bytes].slice(1).join()}]}`, []])
  t.same(seen(listOf('string'), []), ['{"v":[]}', []])
  t.same(seen(listOf(['null', line]), [new Branch(0, null)]), ['{"v":[null]}', []])
  t.same(seen('string', unavailableValue, ['v'], {}), [`{"v":"${unavailableValue}"}`, []], 'where no connector writes')
  t.same(seen(text, 'x'), ['{"v":"x"}', []])
})
