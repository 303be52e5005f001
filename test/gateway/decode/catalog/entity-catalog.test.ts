import { test } from 'tap'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type EntityDefinition, seedEntity } from '#entities.js'
import { absentRegistry } from '../../../support/schemas/asked-registry.js'
import { Branch } from '../../../support/values/avro-cases.js'
import { DecodeFixture, orderSchema, wireOf } from '../../../support/gateway/decode-fixture.js'

const bare = (name: string): EntityDefinition => ({ name, layout: 'single-topic', envelope: 'none', topic: name })

/** Records of several names that are all the entity. */
const listed = (name: string, ...record: string[]): EntityDefinition => ({ ...bare(name), record })
const away = absentRegistry

const namesOf = ({ catalog }: DecodeFixture, entityType: string) => catalog.schemasOf(entityType).map(({ name }) => name)

test('knows the latest schema of each type from the start', async (t) => {
  const fixture = new DecodeFixture([bare('order'), bare('parcel'), bare('note')])
  fixture.register('order', orderSchema)
  fixture.register('parcel', { ...orderSchema, name: 'Parcel', streamable: false })
  await fixture.catalog.start()
  t.same(namesOf(fixture, 'order'), ['Order'])
  t.same(namesOf(fixture, 'parcel'), ['Parcel'])
  t.same(namesOf(fixture, 'note'), [])
  t.same(fixture.catalog.streamableTypes(), ['order'])
  t.same(fixture.catalog.status(), { ready: true, reason: 'nothing is registered for note-value' }, 'an address without its path says so')
  fixture.catalog.stop()
})

test('knows what each topic of one type has registered', async (t) => {
  const fixture = new DecodeFixture([seedEntity('order')])
  const event = (...fields: object[]) => ({
    type: 'record',
    name: 'Event',
    fields: [
      ...['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' })),
      { name: 'data', type: ['null', { ...orderSchema, fields }] },
    ],
  })
  fixture.register('order.delete', event())
  fixture.register('order.update', event({ name: 'new', type: 'int' }))
  fixture.register('order.create', event())
  await fixture.catalog.start()
  t.ok(fixture.catalog.streamableSchemasOf('order').some(({ leaves }) => leaves.join() === 'new'))
})

test('warns once of each schema that is not streamable', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order1', 'Order2')])
  const ids = [1, 2].map((total) => fixture.register('order', { ...orderSchema, streamable: false, name: `Order${total}` }))
  await fixture.catalog.start()
  for (const [i, id] of ids.entries()) {
    await fixture.decodeOne('order', { value: wireOf(id, { ...orderSchema, name: `Order${i + 1}` }, { id: 'o', total: 1 }) })
  }
  t.same(
    fixture.lines.map(({ level, message }) => [level, message.includes('of order is not streamable')]),
    [
      ['warn', true],
      ['warn', true],
    ],
  )
})

test('asks on for what is not registered yet, and learns from records', async (t) => {
  const fixture = new DecodeFixture([bare('order'), listed('parcel', 'Order')])
  await fixture.catalog.start()
  const id = fixture.register('other', orderSchema)
  await fixture.decodeOne('parcel', { key: Buffer.from('p'), value: wireOf(id, orderSchema, { id: 'p', total: 1 }) })
  t.same(fixture.catalog.streamableTypes(), ['parcel'])
  fixture.register('order', orderSchema)
  await fixture.clock.advance(9_999)
  t.same(fixture.catalog.streamableTypes(), ['parcel'])
  await fixture.clock.advance(1)
  t.same(fixture.catalog.streamableTypes(), ['parcel', 'order'])
})

test('an older schema in a record counts beside the latest', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order', 'Newer')])
  const older = fixture.register('order', orderSchema)
  fixture.register('order', { ...orderSchema, name: 'Newer' })
  await fixture.catalog.start()
  await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(older, orderSchema, { id: 'o', total: 1 }) })
  t.same(namesOf(fixture, 'order').sort(), ['Newer', 'Order'])
})

test('a start without the registry does not fail, is not ready, and becomes it when the registry is back', async (t) => {
  let registry = away
  const fixture = new DecodeFixture([bare('order')], (memory) => ({
    schemaById: (id) => (registry === away ? away : memory).schemaById(id),
    latestOf: (subject) => (registry === away ? away : memory).latestOf(subject),
    subjects: () => Promise.resolve([]),
  }))
  fixture.register('order', orderSchema)
  await fixture.catalog.start()
  t.match(fixture.catalog.status(), { ready: false, reason: /order/ })
  registry = fixture.registry
  await fixture.clock.advance(10_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.same(fixture.catalog.streamableTypes(), ['order'])
})

test('says of each of three topics that it is not answered for, as the records of all of them wait for it', async (t) => {
  let silent: string | undefined = 'order.delete-value'
  const fixture = new DecodeFixture([seedEntity('order')], (memory) => ({
    schemaById: (id) => memory.schemaById(id),
    latestOf: (subject) => (subject === silent ? away : memory).latestOf(subject),
    subjects: () => Promise.resolve([]),
  }))
  const fields = ['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' }))
  const event = { type: 'record', name: 'Event', fields: [...fields, { name: 'data', type: ['null', orderSchema] }] }
  for (const topic of ['order.create', 'order.update', 'order.delete']) fixture.register(topic, event)
  await fixture.catalog.start()
  t.same(fixture.catalog.status(), { ready: true, reason: 'the schema registry has not answered for order.delete (away)' })
  t.notOk(fixture.catalog.isAnswered('order'))
  t.match(fixture.lines, [{ fields: { topic: 'order.delete' } }])
  silent = undefined
  await fixture.clock.advance(10_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.ok(fixture.catalog.isAnswered('order'))
  fixture.catalog.stop()
})

test('a schema that cannot be used is warned of once, and does not keep the gateway from being ready', async (t) => {
  const fixture = new DecodeFixture([bare('order')])
  fixture.register('order', { type: 'map', values: 'int' })
  await fixture.catalog.start()
  await fixture.clock.advance(60_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.equal(fixture.lines.length, 1)
})

test('a topic whose records bring no data says nothing of its type, but is answered for', async (t) => {
  const fixture = new DecodeFixture([{ ...bare('order'), envelope: 'event' }])
  const names = ['entity_id', 'entity_type', 'operation']
  const fields = [...names.map((name) => ({ name, type: 'string' })), { name: 'data', type: 'null' }]
  fixture.register('order', { type: 'record', name: 'Deleted', fields })
  await fixture.catalog.start()
  t.same(fixture.catalog.status(), { ready: true })
  t.same(namesOf(fixture, 'order'), [])
})

test('a tombstone waits until the registry has said whether its type is streamable, and holds up its own partition only', async (t) => {
  let isAway = true
  const fixture = new DecodeFixture([bare('order'), bare('parcel')], (memory) => ({
    schemaById: (id) => memory.schemaById(id),
    latestOf: (subject) => (isAway && subject.startsWith('order') ? away.latestOf(subject) : memory.latestOf(subject)),
    subjects: () => Promise.resolve([]),
  }))
  fixture.register('order', orderSchema)
  fixture.register('parcel', { ...orderSchema, name: 'Parcel' })
  await fixture.catalog.start()
  fixture.push('order', [{ key: Buffer.from('order-1') }])
  fixture.push('parcel', [{ key: Buffer.from('parcel-1') }])
  await fixture.clock.settle()
  t.same(
    fixture.out.map(({ events }) => events[0]?.entityId),
    ['parcel-1'],
  )
  isAway = false
  await fixture.clock.advance(20_000)
  t.same(fixture.out[1]?.events[0], { ...fixture.out[1]?.events[0], entityId: 'order-1', tombstone: true })
  fixture.catalog.stop()
})

test('a record that is not of the type says nothing of it', async (t) => {
  const fixture = new DecodeFixture([seedEntity('order')])
  const eventOf = (record: object) => ({
    type: 'record',
    name: 'Event',
    fields: [
      ...['entity_id', 'entity_type', 'operation'].map((name) => ({ name, type: 'string' })),
      { name: 'data', type: ['null', record] },
    ],
  })
  fixture.register('order.update', eventOf(orderSchema))
  await fixture.catalog.start()
  const foreign = eventOf({ type: 'record', name: 'Otter', streamable: true, fields: [{ name: 'fur', type: 'string' }] })
  const id = fixture.register('elsewhere', foreign)
  const value = wireOf(id, foreign, { entity_id: 'o', entity_type: 'otter', operation: 'update', data: new Branch(1, { fur: 'wet' }) })
  t.equal(await fixture.decodeOne('order.update', { value }), 'entity_type_wrong')
  t.same(namesOf(fixture, 'order'), ['Order'])
})

test('a schema that is not streamable on one record does not stop the type', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order', 'Closed')])
  fixture.register('order', orderSchema)
  await fixture.catalog.start()
  const closed = { ...orderSchema, name: 'Closed', streamable: false }
  const id = fixture.register('elsewhere', closed)
  t.equal(await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(id, closed, { id: 'o', total: 1 }) }), undefined)
  t.same(fixture.catalog.streamableTypes(), ['order'])
  t.match(await fixture.decodeOne('order', { key: Buffer.from('o') }), { operation: 'delete', tombstone: true })
})

test('says why the registry does not answer, once for each reason', async (t) => {
  const fixture = new DecodeFixture([bare('order'), bare('parcel')], () => away)
  await fixture.catalog.start()
  await fixture.clock.advance(30_000)
  t.same(
    fixture.lines.map(({ fields }) => fields),
    [{ topic: 'order', reason: 'away' }],
  )
  t.match(fixture.catalog.status().reason, /\(away\)$/)
  fixture.catalog.stop()
})

test('a version that is not streamable stops the type within ten seconds, older records of it too, until another one streams it again', async (t) => {
  const stopped: string[] = []
  const fixture = new DecodeFixture([bare('order'), bare('parcel')])
  fixture.catalog.stopped$.subscribe((entityType) => void stopped.push(entityType))
  const open = fixture.register('order', orderSchema)
  fixture.register('parcel', orderSchema)
  await fixture.catalog.start()
  const older = { key: Buffer.from('o'), value: wireOf(open, orderSchema, { id: 'o', total: 1 }) }
  t.match(await fixture.decodeOne('order', older), { operation: 'update' })
  fixture.register('order', { ...orderSchema, streamable: false })
  await fixture.clock.advance(10_000)
  t.same(stopped, ['order'])
  t.equal(await fixture.decodeOne('order', older), undefined)
  t.equal(await fixture.decodeOne('order', { key: Buffer.from('o') }), undefined, 'a tombstone neither')
  t.equal(fixture.meter.recordsNotStreamable, 2)
  t.same(fixture.catalog.streamableTypes(), ['parcel'])
  t.same(fixture.catalog.streamableSchemasOf('order'), [])
  fixture.register('order', { ...orderSchema, doc: 'open again' })
  await fixture.clock.advance(10_000)
  t.match(await fixture.decodeOne('order', older), { operation: 'update' })
  t.same(fixture.catalog.streamableTypes(), ['order', 'parcel'])
  t.same(stopped, ['order'])
  fixture.catalog.stop()
})

test('tells of each schema once, be it registered later or met in a record', async (t) => {
  const learned: string[] = []
  const fixture = new DecodeFixture([listed('order', 'Order', 'Newer', 'Other')], undefined, {
    learned: ({ name }) => void learned.push(name),
  })
  fixture.register('order', orderSchema)
  await fixture.catalog.start()
  fixture.register('order', { ...orderSchema, name: 'Newer' })
  await fixture.clock.advance(30_000)
  const other = { ...orderSchema, name: 'Other' }
  const id = fixture.register('elsewhere', other)
  for (let i = 0; i < 2; i++) await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(id, other, { id: 'o', total: 1 }) })
  t.same(learned, ['Order', 'Newer', 'Other'])
  fixture.catalog.stop()
})

test('asks for the latest versions of many types in portions that are spread over ten seconds, those that are added too', async (t) => {
  const askedAt: number[] = []
  const fixture: DecodeFixture = new DecodeFixture([bare('order')], (memory) => ({
    latestOf: async (subject) => {
      askedAt.push(fixture.clock.now())
      await new Promise<void>((resolve) => void fixture.clock.after(400, resolve))
      return await memory.latestOf(subject)
    },
  }))
  const names = Array.from({ length: 400 }, (_, n) => `type${n}`)
  for (const name of names) fixture.register(name, orderSchema)
  void fixture.catalog.start()
  await fixture.clock.advance(400)
  for (const name of names) void fixture.catalog.add(bare(name))
  await fixture.clock.advance(400)
  for (const name of names) fixture.register(name, { ...orderSchema, streamable: false })
  askedAt.splice(0)
  await fixture.clock.advance(10_000)
  t.same(fixture.catalog.streamableTypes(), [])
  await fixture.clock.advance(90_000)
  t.ok(askedAt.length >= 401 * 9 && askedAt.length <= 401 * 11, `each once in ten seconds: ${askedAt.length}`)
  const most = Math.max(...askedAt.map((at) => askedAt.filter((other) => other >= at && other < at + 1000).length))
  t.ok(most <= 50, `at most a portion in a second: ${most}`)
  fixture.catalog.stop()
})

test('does not wait for a registry that is away once for each portion before it lets the start go on', async (t) => {
  let asked = 0
  const names = Array.from({ length: 200 }, (_, n) => `type${n}`)
  const fixture = new DecodeFixture(names.map(bare), (memory) => ({
    latestOf: (subject) => (asked++ < 50 ? away : memory).latestOf(subject),
  }))
  for (const name of names) fixture.register(name, orderSchema)
  await fixture.catalog.start()
  t.equal(asked, 50)
  t.match(fixture.catalog.status(), { ready: false, reason: /type0, .*type9 and 190 more \(away\)$/ })
  await fixture.clock.advance(10_000)
  t.same(fixture.catalog.status(), { ready: true })
  t.equal(fixture.lines.filter(({ level }) => level === 'info').length, 1, 'that it answers again is said once')
  fixture.catalog.stop()
})

const tagged = (schema: EntitySchema | undefined, tag = 'PII') => [...(schema?.tags.get(tag) ?? [])].map((leaf) => schema!.leaves[leaf])

test('tags beside the latest version count for all versions of the type, from the start and when they are changed later', async (t) => {
  const fixture = new DecodeFixture([bare('order'), bare('parcel')])
  const older = fixture.register('order', orderSchema)
  const other = fixture.register('parcel', { ...orderSchema, name: 'Parcel' })
  fixture.register('order', { ...orderSchema, doc: 'newer' }, [], { tags: { id: ['PII'] } })
  await fixture.catalog.start()
  const schemaIn = async (topic: string, id: number, schema: object) => {
    const event = await fixture.decodeOne(topic, { key: Buffer.from('o'), value: wireOf(id, schema, { id: 'o', total: 1 }) })
    return typeof event === 'object' ? event.data?.schema : undefined
  }
  t.same(tagged(await schemaIn('order', older, orderSchema)), ['id'])
  fixture.register('order', { ...orderSchema, doc: 'newer' }, [], { tags: { '**.total': ['PII'] } })
  await fixture.clock.advance(10_000)
  t.same(tagged(await schemaIn('order', older, orderSchema)), ['total'])
  t.same(
    fixture.catalog.schemasOf('order').map((schema) => tagged(schema)),
    [['id', 'total'], ['total'], ['total']],
    'those that were known before it, too',
  )
  fixture.register('order', { ...orderSchema, doc: 'newer' }, [], { tags: 7 })
  await fixture.clock.advance(10_000)
  t.equal((await schemaIn('order', older, orderSchema))?.mayCarry('SECRET'), true)
  fixture.register('order', { ...orderSchema, doc: 'without' })
  await fixture.clock.advance(10_000)
  t.same(tagged(await schemaIn('order', older, orderSchema)), [])
  t.equal((await schemaIn('order', older, orderSchema))?.mayCarry('SECRET'), false)
  t.same(tagged(await schemaIn('parcel', other, { ...orderSchema, name: 'Parcel' })), [], 'of no other type')
  fixture.catalog.stop()
})

test('tags beside a latest version that cannot be used count all the same', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order')])
  const older = fixture.register('order', orderSchema)
  fixture.register('order', { type: 'record', name: 'Order', fields: 7 }, [], { tags: { total: ['PII'] } })
  await fixture.catalog.start()
  const event = await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(older, orderSchema, { id: 'o', total: 1 }) })
  t.same(typeof event === 'object' && tagged(event.data?.schema), ['total'])
  fixture.catalog.stop()
})

test('tags beside a reference of a latest version that cannot be used may mean every field, which is said', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order')], (memory) => ({
    ...away,
    schemaById: (id) => memory.schemaById(id),
    latestOf: async () => ({ ...(await memory.latestOf('order-value')), referencesMetadata: [{ tags: { street: ['PII'] } }] }),
  }))
  const older = fixture.register('order', orderSchema)
  fixture.register('order', { type: 'record', name: 'Order', fields: 7 })
  await fixture.catalog.start()
  await fixture.clock.advance(10_000)
  const event = await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(older, orderSchema, { id: 'o', total: 1 }) })
  t.same(typeof event === 'object' && event.data?.schema.mayCarry('PII'), true)
  t.match(
    fixture.lines.map(({ message }) => message),
    [/^Of the latest schema 2 of order: "street" in the tags of a reference's metadata has no record known to begin at: every field/],
  )
  fixture.catalog.stop()
})

test('a schema that stands under several subjects carries the tags of all', async (t) => {
  const fixture = new DecodeFixture([listed('order', 'Order'), listed('parcel', 'Order')], (memory) => ({
    ...away,
    // As in registries whose ids know nothing of metadata.
    latestOf: async (subject) => {
      const { id, ...latest } = await memory.latestOf('order-value')
      return { id, ...latest, metadata: { tags: { [subject === 'order-value' ? 'id' : 'total']: ['PII'] } } }
    },
  }))
  const id = fixture.register('order', orderSchema)
  await fixture.catalog.start()
  await fixture.clock.advance(10_000)
  for (const topic of ['order', 'parcel']) {
    const event = await fixture.decodeOne(topic, { key: Buffer.from('o'), value: wireOf(id, orderSchema, { id: 'o', total: 1 }) })
    t.same(typeof event === 'object' && tagged(event.data?.schema), ['id', 'total'], topic)
  }
  fixture.catalog.stop()
})

test('warns once of tags that cannot be read or meet nothing', async (t) => {
  const fixture = new DecodeFixture([bare('order')])
  fixture.register('order', orderSchema, [], { tags: { 't?tal': ['PII'], sum: ['PII'] } })
  await fixture.catalog.start()
  await fixture.clock.advance(30_000)
  t.same(
    fixture.lines.map(({ level, message }) => [level, message]),
    [
      [
        'warn',
        'Of the schema 1 of order: "t?tal" in the tags of its metadata is no path of names, "*" and "**": every field may carry what stands under it.',
      ],
      ['warn', 'Of the schema 1 of order: "sum" in the tags of its metadata meets none of its fields.'],
    ],
  )
  fixture.catalog.stop()
})

test('twenty versions side by side are told of once each', async (t) => {
  const learned: string[] = []
  const versions = Array.from({ length: 20 }, (_none, n) => ({ ...orderSchema, doc: `${n}` }))
  const fixture = new DecodeFixture([bare('order')], undefined, { learned: ({ name }) => void learned.push(name) })
  const ids = versions.map((version) => fixture.register('order', version))
  await fixture.catalog.start()
  for (let round = 0; round < 3; round++) {
    for (const [n, id] of ids.entries()) {
      await fixture.decodeOne('order', { key: Buffer.from('o'), value: wireOf(id, versions[n]!, { id: 'o', total: 1 }) })
    }
  }
  t.equal(learned.length, 20)
  t.equal(fixture.lines.length, 0)
  fixture.catalog.stop()
})
