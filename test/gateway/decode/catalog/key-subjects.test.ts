import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { RegistryError } from '#registry/schema-registry.js'
import { DecodeFixture, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'

const entity: EntityDefinition = {
  name: 'line',
  layout: 'single-topic',
  envelope: 'none',
  topic: 'lines',
  idFields: ['id'],
  streamable: true,
}
const key = (...names: string[]) => JSON.stringify({ type: 'record', name: 'Key', fields: names.map((name) => ({ name, type: 'int' })) })

test('nothing of a type is sent whose id is a part of its keys, and it is said what to write into the file', async (t) => {
  const fixture = new DecodeFixture([entity])
  const id = fixture.register('lines', orderSchema)
  fixture.registry.register('lines-key', key('order_no', 'id'))
  const sentence =
    'The keys of lines have the fields order_no, id, of which "id_field" names id: several rows may share an id, so that nothing of the entity type ' +
    '"line" is sent before its entry in ENTITIES says "id_field": ["order_no","id"]'
  t.equal(await fixture.decodeOne('lines', { value: wireOf(id, orderSchema, { id: '1', total: 1 }) }), undefined)
  t.same(fixture.catalog.streamableTypes(), [])
  t.match(fixture.lines, [{ level: 'warn', message: `${sentence}.` }])
  t.equal(fixture.catalog.status().reason, sentence)
})

test('a type is sent whose id_field names all fields of its keys, or whose keys have no schema that can be read', async (t) => {
  const cases: [Partial<EntityDefinition>, string | undefined][] = [
    [{ idFields: ['id', 'total'] }, key('id', 'total')],
    [{}, key('order_no')],
    [{}, '"string"'],
    [{}, undefined],
    [{}, '{"type":"record"}'],
    [{ key: 'json' }, key('order_no', 'id')],
  ]
  for (const [changes, text] of cases) {
    const fixture = new DecodeFixture([{ ...entity, ...changes }])
    fixture.register('lines', orderSchema)
    if (text !== undefined) fixture.registry.register('lines-key', text)
    await fixture.catalog.start()
    t.same(fixture.catalog.streamableTypes(), ['line'], text ?? 'none')
  }
})

test('the type is not known before the registry has answered for its keys', async (t) => {
  let isAway = true
  const fixture = new DecodeFixture([entity], (memory) => ({
    latestOf: (subject) =>
      isAway && subject === 'lines-key' ? Promise.reject(new RegistryError('unavailable', 'away')) : memory.latestOf(subject),
  }))
  fixture.register('lines', orderSchema)
  await fixture.catalog.start()
  t.equal(fixture.catalog.status().ready, false)
  isAway = false
  await fixture.clock.advance(10_000)
  t.equal(fixture.catalog.status().ready, true)
})
