import { test } from 'tap'
import { MemoryRegistry } from '#registry/memory-registry.js'

test('gives the same schema the same id wherever it is registered, and each subject its latest', async (t) => {
  const registry = new MemoryRegistry()
  const first = registry.register('a-value', '"int"')
  const second = registry.register('a-value', '"long"', ['"x"'])
  t.equal(registry.register('b-value', '"int"'), first)
  t.not(first, second)
  t.same(await registry.schemaById(first), { id: first, schema: '"int"', references: [] })
  t.same(await registry.latestOf('a-value'), { id: second, schema: '"long"', references: ['"x"'] })
  t.equal((await registry.latestOf('b-value')).id, first)
})

test('says of what is not registered that it was not found', async (t) => {
  const registry = new MemoryRegistry()
  await t.rejects(registry.schemaById(1), { kind: 'not_found' } as never)
  await t.rejects(registry.latestOf('a-value'), { kind: 'not_found' } as never)
})

test('keeps the versions of a subject, the first one among them', async (t) => {
  const registry = new MemoryRegistry()
  const ids = ['"int"', '"long"', '"long"'].map((schema) => registry.register('a-value', schema))
  t.same(await registry.versionsOf('a-value'), [2, 1])
  t.equal((await registry.firstOf('a-value')).id, ids[0])
  t.equal((await registry.versionOf('a-value', 2)).id, ids[1])
  await t.rejects(registry.versionsOf('b-value'), { kind: 'not_found' } as never)
  await t.rejects(registry.firstOf('b-value'), { kind: 'not_found' } as never)
  await t.rejects(registry.versionOf('a-value', 3), { kind: 'not_found' } as never)
})
