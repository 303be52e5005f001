import { test } from 'tap'
import { CompiledSchema } from '#gateway/decode/schemas/compiled-schema.js'
import { type RegisteredSchema, RegistryError, type SchemaRegistry } from '#registry/schema-registry.js'
import { SchemaStore, type SchemaStoreOptions } from '#gateway/decode/schemas/schema-store.js'
import { type LoggedLine, recordingLog } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

/** Answers what it is told to, and counts how often it is asked. */
class ScriptedRegistry implements SchemaRegistry {
  asked = 0
  answer: (id: number) => RegisteredSchema = (id) => ({ id, schema: '"int"', references: [] })

  async schemaById(id: number): Promise<RegisteredSchema> {
    this.asked++
    await Promise.resolve()
    return this.answer(id)
  }

  latestOf(): Promise<RegisteredSchema> {
    return this.schemaById(1)
  }

  subjects(): Promise<readonly string[]> {
    return Promise.resolve([])
  }
}

function storeOf(options: Partial<SchemaStoreOptions> = {}) {
  const registry = new ScriptedRegistry()
  const clock = new SimulatedClock()
  const store = new SchemaStore({ registry, clock, random: () => 0.5, log: recordingLog(), ...options })
  const fails = (kind: RegistryError['kind']) => {
    registry.answer = () => {
      throw new RegistryError(kind, 'no')
    }
  }
  return { registry, clock, store, fails }
}

test('fetches a schema once, for all who wait for it, and keeps it', async (t) => {
  const { registry, store, clock } = storeOf()
  t.equal(store.get(1), undefined)
  const [first, second] = await Promise.all([store.load(1, 'orders/0'), store.load(1, 'orders/0')])
  t.ok(first instanceof CompiledSchema)
  t.equal(first, second)
  await clock.advance(86_400_000)
  t.equal(store.get(1), first)
  t.equal(await store.load(1, 'orders/0'), first)
  t.equal(registry.asked, 1)
})

test('remembers for a minute what the registry does not know, then asks again', async (t) => {
  const { registry, store, clock, fails } = storeOf()
  const right = registry.answer
  fails('not_found')
  t.match(await store.load(1, 'orders/0'), { reason: 'schema_unknown' })
  registry.answer = right
  await clock.advance(59_999)
  t.match(store.get(1), { reason: 'schema_unknown' })
  t.match(await store.load(1, 'orders/0'), { reason: 'schema_unknown' })
  t.equal(registry.asked, 1)
  await clock.advance(1)
  t.equal(store.get(1), undefined)
  t.ok((await store.load(1, 'orders/0')) instanceof CompiledSchema)
})

test('remembers for a minute, no longer and no shorter, whatever the clock is set to meanwhile', async (t) => {
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const { store, clock, fails } = storeOf()
    fails('not_found')
    await store.load(1, 'orders/0')
    clock.jump(jumpMs)
    await clock.advance(59_999)
    t.match(store.get(1), { reason: 'schema_unknown' })
    await clock.advance(1)
    t.equal(store.get(1), undefined)
  }
})

test('remembers rubbish as a bad schema', async (t) => {
  const { registry, store, fails } = storeOf()
  fails('invalid')
  t.match(await store.load(1, 'orders/0'), { reason: 'schema_invalid' })
  registry.answer = (id) => ({ id, schema: '{"type":"nonsense"}', references: [] })
  t.match(await store.load(2, 'orders/0'), { reason: 'schema_invalid' })
})

test('tries again for as long as the registry is unavailable, ever more seldom, while other ids are served', async (t) => {
  const { registry, store, clock, fails } = storeOf()
  const right = registry.answer
  fails('unavailable')
  let loaded: unknown
  void store.load(1, 'orders/0').then((outcome) => (loaded = outcome))
  await clock.advance(3_600_000)
  t.equal(loaded, undefined)
  t.ok(registry.asked > 100 && registry.asked < 600, `${registry.asked} times in an hour`)
  registry.answer = right
  t.ok((await store.load(2, 'orders/0')) instanceof CompiledSchema)
  await clock.advance(10_000)
  t.ok(loaded instanceof CompiledSchema)
})

test('asks nothing more after it was stopped', async (t) => {
  const { registry, store, clock, fails } = storeOf()
  fails('unavailable')
  void store.load(1, 'orders/0')
  await clock.settle()
  store.stop()
  void store.load(2, 'orders/0')
  await clock.advance(60_000)
  t.equal(registry.asked, 2)
})

test('forgets the oldest of too many schemas', async (t) => {
  const { store } = storeOf()
  for (let id = 1; id <= 10_001; id++) store.add({ id, schema: '"int"', references: [] }, 'a-value')
  t.equal(store.get(1), undefined)
  t.ok(store.get(2))
  await Promise.resolve()
})

test('a schema that was added is not fetched', async (t) => {
  const { registry, store } = storeOf()
  const added = store.add({ id: 5, schema: '"int"', references: [] }, 'a-value')
  t.equal(await store.load(5, 'orders/0'), added)
  t.equal(store.add({ id: 5, schema: '"int"', references: [] }, 'a-value'), added)
  t.equal(registry.asked, 0)
})

const duplicate = JSON.stringify({
  type: 'record',
  name: 'R',
  fields: [...Array.from({ length: 2000 }, (_none, n) => ({ name: `f${n}`, type: 'int' })), { name: 'f0', type: 'int' }],
})

test('a schema that cannot be compiled is not compiled again, however often it is met, and its reason is short', (t) => {
  const { store } = storeOf()
  const failure = (id: number, schema: string): unknown => {
    try {
      return store.add({ id, schema, references: [] }, 'a-value')
    } catch (error) {
      return error
    }
  }
  const first = failure(7, duplicate)
  t.match(first, { reason: 'schema_invalid' })
  t.ok((first as Error).message.length < 400, (first as Error).message)
  t.equal(failure(7, duplicate), first, 'the very same error')
  t.ok(failure(7, '"int"') instanceof CompiledSchema, 'another text under the same id, of a registry that was made anew')
  t.not(failure(8, duplicate), first)
  t.end()
})

test('keeps schemas up to a bound on their text', (t) => {
  const { store } = storeOf()
  const schema = JSON.stringify({ type: 'record', name: 'R', doc: 'x'.repeat(900_000), fields: [] })
  for (let id = 1; id <= 40; id++) store.add({ id, schema, references: [] }, 'a-value')
  t.equal(store.get(1), undefined)
  t.equal(Array.from({ length: 40 }, (_none, n) => store.get(n + 1)).filter((one) => one !== undefined).length, 35)
  t.end()
})

test('says of a registry that is away some twenty times a minute, however many ids wait for it', async (t) => {
  const lines: LoggedLine[] = []
  const clock = new SimulatedClock()
  const registry = new ScriptedRegistry()
  registry.answer = () => {
    throw new RegistryError('unavailable', 'away')
  }
  const store = new SchemaStore({ registry, clock, random: () => 0.5, log: recordingLog(lines) })
  for (let id = 1; id <= 200; id++) void store.load(id, 'orders/0')
  await clock.advance(59_000)
  t.equal(lines.length, 20)
  store.stop()
})

test('drops no schema that versions are kept of, nor one that a partition has waited for, however many come after it', async (t) => {
  const { registry, store } = storeOf({ charactersMax: 100_000, isKept: (id) => id === 1 })
  const doc = 'x'.repeat(4_000)
  registry.answer = (id) => ({ id, schema: JSON.stringify({ type: 'record', name: 'R', doc, fields: [] }), references: [] })
  store.hold(new Set([2]), 'orders/0')
  for (let id = 1; id <= 40; id++) await store.load(id, 'orders/0')
  t.ok(store.get(1) instanceof CompiledSchema)
  t.ok(store.get(2) instanceof CompiledSchema)
  t.equal(store.get(3), undefined)
  t.ok(store.get(40) instanceof CompiledSchema)
  store.hold(new Set([40]), 'orders/0')
  await store.load(41, 'orders/0')
  t.equal(store.get(2), undefined)
})
