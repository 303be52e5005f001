import { test } from 'tap'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { RegistryError, type SchemaRegistry } from '#registry/schema-registry.js'
import { SchemaStore } from '#gateway/decode/schemas/schema-store.js'
import { TypeDiscovery } from '#gateway/decode/catalog/type-discovery.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const record = (name: string, streamable: boolean): RecordSchema => ({ type: 'record', name, streamable, fields: [] })

function fixture(configured: readonly string[] = []) {
  const memory = new MemoryRegistry()
  const clock = new SimulatedClock()
  const lines: LoggedLine[] = []
  const found: string[] = []
  const state = { isAway: false, answerMs: 0 }
  const streaming = {
    until: Promise.resolve(),
    hold() {
      let goOn: () => void = () => undefined
      streaming.until = new Promise((resolve) => (goOn = resolve))
      return goOn
    },
  }
  const away = () => Promise.reject(new RegistryError('unavailable', 'away'))
  const registry: SchemaRegistry = {
    schemaById: (id) => memory.schemaById(id),
    latestOf: async (subject) => {
      if (state.answerMs > 0) await new Promise<void>((resolve) => void clock.after(state.answerMs, resolve))
      return await (state.isAway ? away() : memory.latestOf(subject))
    },
    subjects: () => (state.isAway ? away() : memory.subjects()),
  }
  const log = recordingLog(lines)
  const store = new SchemaStore({ registry, clock, random: () => 0.5, log })
  const discovery = new TypeDiscovery({
    ...{ registry, store, clock, log },
    isKnown: (entityType) => configured.includes(entityType) || found.includes(entityType),
    found: async ({ name }) => {
      found.push(name)
      await streaming.until
    },
  })
  const register = (subject: string, schema: object) => memory.register(subject, JSON.stringify(schema))
  return { discovery, register, found, clock, state, lines, streaming }
}

test("finds streamable types by the subjects of the seed's topics, each once", async (t) => {
  const { discovery, register, found, clock, lines } = fixture(['order'])
  register('order.update-value', eventSchemaOf(record('Order', true)))
  register('parcel.create-value', eventSchemaOf(record('Parcel', true)))
  register('parcel.update-value', eventSchemaOf(record('Parcel', true)))
  register('draft.update-value', eventSchemaOf(record('Draft', false)))
  register('foreign.update-value', record('Foreign', true))
  register('bare-value', record('Bare', true))
  register('bad name.update-value', eventSchemaOf(record('Bad', true)))
  await discovery.start()
  t.same(found, ['parcel'])
  register('invoice.delete-value', { type: 'string' })
  register('invoice.update-value', eventSchemaOf(record('Invoice', true)))
  await clock.advance(9_000)
  t.same(found, ['parcel', 'invoice'])
  register('draft.update-value', eventSchemaOf(record('Draft', true)))
  await clock.advance(9_000)
  t.same(found, ['parcel', 'invoice', 'draft'])
  t.equal(lines.length, 3)
  discovery.stop()
})

test('goes on when the registry is back', async (t) => {
  const { discovery, register, found, clock, state } = fixture()
  register('parcel.update-value', eventSchemaOf(record('Parcel', true)))
  state.isAway = true
  await discovery.start()
  t.same(found, [])
  state.isAway = false
  await clock.advance(9_000)
  t.same(found, ['parcel'])
  discovery.stop()
})

test('finds a new type in time beside any number that are not streamable', async (t) => {
  const { discovery, register, found, clock, state } = fixture()
  for (let n = 0; n < 100; n++) register(`draft${n}.update-value`, eventSchemaOf(record(`Draft${n}`, false)))
  await discovery.start()
  state.answerMs = 50
  register('parcel.update-value', eventSchemaOf(record('Parcel', true)))
  await clock.advance(9_999)
  t.same(found, ['parcel'])
  discovery.stop()
})

test('goes on finding types while one is not streamed yet, and streams them one after the other', async (t) => {
  const { discovery, register, found, clock, lines, streaming } = fixture()
  const goOn = streaming.hold()
  register('parcel.update-value', eventSchemaOf(record('Parcel', true)))
  const started = discovery.start()
  await clock.settle()
  register('invoice.update-value', eventSchemaOf(record('Invoice', true)))
  await clock.advance(30_000)
  t.same(
    lines.map(({ fields }) => fields['entity_type']),
    ['parcel', 'invoice'],
  )
  t.same(found, ['parcel'])
  goOn()
  await started
  await clock.settle()
  t.same(found, ['parcel', 'invoice'])
  discovery.stop()
})

test('leaves out what is more than a gateway holds', async (t) => {
  const { discovery, register, found, clock, lines } = fixture()
  for (let n = 0; n < 510; n++) register(`type${n}.update-value`, eventSchemaOf(record(`Type${n}`, true)))
  await discovery.start()
  await clock.advance(9_000)
  t.equal(found.length, 500)
  t.equal(lines.filter(({ level }) => level === 'error').length, 1)
  discovery.stop()
})

test('warns once where the registry may name no more subjects than it has named', async (t) => {
  const { discovery, register, clock, lines } = fixture()
  const warnings = () => lines.filter(({ level }) => level === 'warn')
  for (let n = 0; n < 999; n++) register(`other${n}`, { type: 'string' })
  await discovery.start()
  t.same(warnings(), [])
  register('other999', { type: 'string' })
  await clock.advance(27_000)
  t.match(warnings(), [{ fields: { subjects: 1000 }, message: /types beyond them are not found.*registry\.ccompat\.max-subjects/ }])
  discovery.stop()
})
