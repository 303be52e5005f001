import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { parseEntities } from '#config/entities-file.js'
import { type EntityDefinition, keyFormats } from '#entities.js'
import { entitiesText, StarterFiles } from '#look/starter-files.js'
import { fc } from '../support/running/seeded-properties.js'

const fieldNames = fc.uniqueArray(fc.constantFrom('id', 'no', 'a,b', 'x y'), { minLength: 1, maxLength: 3 })

/** As they are found: each on a topic of its own. */
const definition = fc.record(
  {
    envelope: fc.constantFrom('event' as const, 'none' as const, 'debezium' as const),
    layout: fc.constantFrom('single-topic' as const, 'topic-per-operation' as const),
    idFields: fc.option(fieldNames, { nil: undefined }),
    record: fc.constantFrom(['shop.Order'], ['shop.Order', 'shop.OrderV2']),
    key: fc.option(fc.constantFrom(...keyFormats), { nil: undefined }),
    marks: fc.option(fc.constantFrom({ deleted: '__deleted' }, { deleted: '__deleted', operation: '__op', time: '__ts_ms' }), {
      nil: undefined,
    }),
    isNamedAsTopic: fc.boolean(),
  },
  { requiredKeys: ['envelope', 'layout', 'record', 'isNamedAsTopic'] },
)

test('what is written is read as what was found', async (t) => {
  fc.assert(
    fc.property(fc.array(definition, { minLength: 1, maxLength: 5 }), (some) => {
      const found = some.map(({ envelope, layout, idFields, record, key, marks, isNamedAsTopic }, index): EntityDefinition => ({
        ...{ name: `type${index}`, envelope, layout: envelope === 'debezium' ? 'single-topic' : layout },
        topic: isNamedAsTopic ? `type${index}` : `shop.types-${index}`,
        ...(envelope !== 'event' && { record, streamable: true, ...(idFields && { idFields }) }),
        ...(key && { key }),
        ...(envelope === 'none' && marks && { marks }),
      }))
      t.same(parseEntities('entities.json', () => entitiesText(found)).entities, found)
    }),
  )
})

test('files are written and replaced by what is saved again, and nothing of others is', async (t) => {
  const folder = join(t.testdir({}), 'new')
  const files = new StarterFiles(folder, '{"order":{}}')
  const paths = files.save('{"roles":{}}')
  t.same(paths, { policy: join(folder, 'policy.json'), entities: join(folder, 'entities.json') })
  t.equal(readFileSync(paths.entities, 'utf8'), '{"order":{}}')
  files.save('{"roles":{"a":[]}}')
  t.equal(readFileSync(paths.policy, 'utf8'), '{"roles":{"a":[]}}')
  writeFileSync(paths.policy, 'mine')
  t.throws(() => files.save('{"roles":{"b":[]}}'), { message: /policy\.json is there already and says something else/ })
  t.equal(readFileSync(paths.policy, 'utf8'), 'mine')
})

test('where one of the two is in the way, neither is written; the same text is in nobody’s way', async (t) => {
  const folder = t.testdir({ 'entities.json': 'mine', 'policy.json': '{"roles":{}}' })
  t.throws(() => new StarterFiles(folder, '{}').save('{"roles":{}}'), {
    name: 'ConfigurationError',
    message: /entities\.json is there already/,
  })
  t.equal(readFileSync(join(folder, 'entities.json'), 'utf8'), 'mine')
  t.equal(new StarterFiles(folder, 'mine').save('{"roles":{}}').entities, join(folder, 'entities.json'))
})

test('a folder that cannot be, and a folder in the place of a file, are said', async (t) => {
  const folder = t.testdir({ file: '' })
  t.throws(() => new StarterFiles(join(folder, 'file'), '{}').save('{}'), { name: 'ConfigurationError' })
  mkdirSync(join(folder, 'policy.json'))
  t.throws(() => new StarterFiles(folder, '{}').save('{}'), { name: 'ConfigurationError', message: /policy\.json/ })
})
