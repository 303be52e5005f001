import { test } from 'tap'
import { RegistryError } from '#registry/schema-registry.js'
import type { EntityDefinition } from '#entities.js'
import { Branch } from '../../../support/values/avro-cases.js'
import { DecodeFixture, dataOf, wireOf } from '../../../support/gateway/decode-fixture.js'
import { fc } from '../../../support/running/seeded-properties.js'

type Shape = 'none' | 'debezium'
const shapes: readonly Shape[] = ['none', 'debezium']

const entityOf = (envelope: Shape, record?: readonly string[]): EntityDefinition => ({
  ...{ name: 'order', layout: 'single-topic', envelope, topic: 'shop.orders', idFields: ['id'], streamable: true },
  ...(record !== undefined && { record }),
})

/** As two services write it to one topic: only the names and one field differ. */
const recordOf = (name: string, field = 'status') => ({
  type: 'record',
  name,
  fields: ['id', field].map((one) => ({ name: one, type: 'string' })),
})
const order = recordOf('shop.Order')
const payment = recordOf('shop.PaymentReceived', 'card_number')

function schemaOf(envelope: Shape, record: { readonly name: string }, before: object = { ...record }): object {
  if (envelope === 'none') return record
  const after = (before as typeof record).name === record.name ? record.name : record
  const rows = { before: ['null', before], after: ['null', after] }
  const fields = [...Object.entries(rows).map(([name, type]) => ({ name, type })), { name: 'op', type: 'string' }]
  return { type: 'record', name: 'Envelope', fields }
}

function valueOf(envelope: Shape, row: object): object {
  return envelope === 'none' ? row : { before: new Branch(0, null), after: new Branch(1, row), op: 'u' }
}

class Orders extends DecodeFixture {
  constructor(
    readonly envelope: Shape,
    record?: readonly string[],
    asked?: ConstructorParameters<typeof DecodeFixture>[1],
  ) {
    super([entityOf(envelope, record)], asked)
  }

  /** Answers the id. */
  of(record: { readonly name: string }, subject = 'shop.orders'): number {
    return this.register(subject, schemaOf(this.envelope, record))
  }

  async decoded(id: number, record: typeof order, key: Buffer | null = null): Promise<string | undefined> {
    const row = Object.fromEntries(record.fields.map(({ name }) => [name, name === 'id' ? 'p-1' : '4111']))
    const event = await this.decodeOne('shop.orders', {
      key,
      value: wireOf(id, schemaOf(this.envelope, record), valueOf(this.envelope, row)),
    })
    return typeof event === 'string' ? event : dataOf(event)
  }

  sentences(): string[] {
    return this.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
  }
}

for (const shape of shapes) {
  test(`another record type on the topic is not the entity, is counted and said once (${shape})`, async (t) => {
    for (const record of [undefined, ['shop.Order']]) {
      const orders = new Orders(shape, record)
      const [orderId, paymentId] = [orders.of(order), orders.of(payment, 'shop.payments')]
      await orders.catalog.start()
      for (let i = 0; i < 3; i++) t.equal(await orders.decoded(paymentId, payment), undefined)
      t.equal(await orders.decoded(orderId, order), '{"id":"p-1","status":"4111"}')
      t.equal(orders.meter.recordsForeign, 3)
      t.equal(orders.meter.recordsNotStreamable, 0)
      t.same(
        orders.lines.map(({ fields, message }) => [fields, message]),
        [
          [
            { topic: 'shop.orders', record: 'shop.PaymentReceived' },
            'Records on a topic are not the entity type "order", which is shop.Order: they are skipped and counted.',
          ],
        ],
      )
      t.same(
        orders.catalog.schemasOf('order').map(({ name }) => name),
        ['shop.Order'],
        'rules, filters and lists of fields know nothing of it',
      )
    }
  })

  test(`names are the same only as a whole, with their namespace and case (${shape})`, async (t) => {
    const orders = new Orders(shape)
    orders.of(order)
    await orders.catalog.start()
    for (const name of ['Order', 'shop.order', 'Shop.Order', 'shop.sub.Order', 'shop.Orders', 'other.Order']) {
      const other = recordOf(name)
      t.equal(await orders.decoded(orders.of(other, `of ${name}`), other), undefined, name)
    }
    t.equal(orders.meter.recordsForeign, 6)
    const older = { ...order, doc: 'as another team has registered it' }
    t.type(await orders.decoded(orders.of(older, 'elsewhere'), older), 'string', 'of the same name, wherever it is registered')
  })

  test(`another record type that lacks the id field is none of the bad records (${shape})`, async (t) => {
    const orders = new Orders(shape)
    orders.of(order)
    await orders.catalog.start()
    const note = { type: 'record', name: 'shop.Note', fields: [{ name: 'text', type: 'string' }] }
    t.equal(await orders.decoded(orders.of(note, 'notes'), note), undefined)
    t.equal(orders.meter.recordsForeign, 1)
  })

  test(`a subject whose first version is another record than its latest streams nothing before the entry says which (${shape})`, async (t) => {
    const orders = new Orders(shape)
    const ids = [orders.of(order), orders.of(payment)] as const
    await orders.catalog.start()
    t.equal(await orders.decoded(ids[0], order), undefined)
    t.equal(await orders.decoded(ids[1], payment), undefined)
    t.equal(await orders.decodeOne('shop.orders', { key: Buffer.from('p-1') }), undefined, 'a tombstone neither')
    t.same(orders.catalog.streamableTypes(), [])
    t.same(orders.catalog.schemasOf('order'), [])
    t.match(orders.sentences()[0], /entry in ENTITIES says which it is, as in "record": "shop.Order"\.$/)
    t.match(orders.catalog.status(), {
      ready: true,
      reason: /^shop.orders-value has shop.Order in its first version and shop.PaymentReceived/,
    })
    await orders.clock.advance(60_000)
    t.equal(orders.sentences().filter((sentence) => sentence.includes('first version')).length, 1)
    orders.of({ ...order, doc: 'the first one again' } as typeof order)
    await orders.clock.advance(10_000)
    t.type(await orders.decoded(ids[0], order), 'string', 'what its latest version says again is streamed')
    t.same(orders.catalog.status(), { ready: true })
    orders.catalog.stop()
  })

  test(`what is registered for the subject while it runs changes nothing, and the next start is warned of (${shape})`, async (t) => {
    const orders = new Orders(shape)
    const id = orders.of(order)
    await orders.catalog.start()
    const paymentId = orders.of(payment)
    await orders.clock.advance(30_000)
    t.type(await orders.decoded(id, order), 'string')
    t.equal(await orders.decoded(paymentId, payment), undefined)
    t.match(
      orders.sentences()[0],
      /^The latest version of shop.orders-value is shop.PaymentReceived and not shop.Order, .* Write "record": "shop.Order" into/,
    )
    t.equal(orders.sentences().length, 2, 'once, and once for the records')
    t.same(
      orders.catalog.schemasOf('order').map(({ name }) => name),
      ['shop.Order'],
    )
    orders.catalog.stop()
  })

  test(`the record that the entry names is found behind later versions of others, and is what stops the type (${shape})`, async (t) => {
    const flagged = (streamable: boolean) => ({ ...order, streamable })
    const { streamable, ...silent } = entityOf(shape, ['shop.Order'])
    const orders = new DecodeFixture([silent])
    const register = (record: typeof order) => orders.register('shop.orders', schemaOf(shape, record))
    t.ok(streamable)
    register(flagged(false))
    register(flagged(true))
    for (let i = 0; i < 5; i++) register({ ...payment, doc: `${i}` } as typeof order)
    await orders.catalog.start()
    t.same(orders.catalog.streamableTypes(), ['order'], 'before any of its records has come')
    register(flagged(false))
    register({ ...payment, doc: 'another one at once' } as typeof order)
    await orders.clock.advance(10_000)
    t.same(orders.catalog.streamableTypes(), [])
    orders.catalog.stop()
  })

  test(`each record of a list is known from the start (${shape})`, async (t) => {
    const orders = new Orders(shape, ['shop.Order', 'shop.PaymentReceived'])
    orders.of(order)
    orders.of(payment)
    await orders.catalog.start()
    const leaves = orders.catalog.streamableSchemasOf('order').flatMap((schema) => schema.leaves)
    t.same(new Set(leaves), new Set(['id', 'status', 'card_number']))
  })

  test(`a topic without a subject of its own streams nothing before the entry says what is meant (${shape})`, async (t) => {
    const orders = new Orders(shape)
    const id = orders.of(order, 'shop.orders-shop.Order')
    await orders.catalog.start()
    t.equal(await orders.decoded(id, order), undefined)
    t.equal(await orders.decoded(id, order), undefined)
    t.same(orders.catalog.streamableTypes(), [])
    t.match(orders.sentences(), [/^Nothing is registered .* \("record"\)\.$/, /until its entry in ENTITIES says "record": "shop.Order"\.$/])
    const named = new Orders(shape, ['shop.Order'])
    const namedId = named.of(order, 'shop.orders-shop.Order')
    await named.catalog.start()
    t.type(await named.decoded(namedId, order), 'string')
    t.same(named.catalog.streamableTypes(), ['order'])
  })

  test(`a subject that is registered just before the first record loses none (${shape})`, async (t) => {
    let asked = 0
    const orders = new Orders(shape, undefined, (memory) => ({
      latestOf: (subject) => ((asked += Number(subject.endsWith('-value'))), memory.latestOf(subject)),
    }))
    await orders.catalog.start()
    const paymentId = orders.of(payment, 'elsewhere')
    for (let i = 0; i < 20; i++) await orders.decoded(paymentId, payment)
    t.equal(asked, 2, 'it is asked again once for each schema')
    const id = orders.of(order)
    t.type(await orders.decoded(id, order), 'string')
    t.equal(asked, 3)
  })

  test(`waits, and opens nothing, while the registry says nothing of the first version (${shape})`, async (t) => {
    let isAway = true
    const orders = new Orders(shape, undefined, (memory) => ({
      firstOf: (subject) => (isAway ? Promise.reject(new RegistryError('unavailable', 'away')) : memory.firstOf(subject)),
    }))
    const id = orders.of(order)
    await orders.catalog.start()
    const decoded = orders.decoded(id, order)
    await orders.clock.advance(60_000)
    t.same(orders.out, [])
    t.same(orders.catalog.streamableTypes(), [])
    t.match(orders.catalog.status(), { ready: false })
    t.equal(await decoded, undefined)
    isAway = false
    await orders.clock.advance(10_000)
    t.equal(orders.out[0]?.events.length, 1, 'the record has waited')
    t.same(orders.catalog.status(), { ready: true })
    orders.catalog.stop()
  })
}

test('a first version that cannot be read says nothing, and so opens nothing', async (t) => {
  for (const first of [{ type: 'map', values: 'int' }, ['null', 'string'], { type: 'record' }]) {
    const orders = new Orders('none')
    orders.register('shop.orders', first)
    const id = orders.of(order)
    await orders.catalog.start()
    t.equal(await orders.decoded(id, order), undefined, JSON.stringify(first))
    orders.catalog.stop()
  }
})

test('a union at the root is named as what it is', async (t) => {
  const orders = new Orders('none')
  orders.register('shop.orders', [order, payment])
  await orders.catalog.start()
  t.same(orders.catalog.streamableTypes(), [])
  t.match(orders.sentences(), [
    /^shop.orders-value has .* and a union with shop.Order and shop.PaymentReceived in its latest, so that nothing /,
  ])
})

test('rows before and after a change that are different records are not one entity', async (t) => {
  const orders = new Orders('debezium')
  const both = schemaOf('debezium', order, payment)
  const id = orders.register('shop.orders', both)
  await orders.catalog.start()
  const value = wireOf(id, both, { before: new Branch(1, { id: 'p-1', card_number: '4111' }), after: new Branch(0, null), op: 'd' })
  t.equal(await orders.decodeOne('shop.orders', { value }), undefined)
  t.match(orders.sentences()[0], /as in "record": \["shop.PaymentReceived","shop.Order"\]\.$/)
  const listed = new Orders('debezium', ['shop.Order'])
  const listedId = listed.register('shop.orders', both)
  t.equal(
    await listed.decodeOne('shop.orders', {
      value: wireOf(listedId, both, { before: new Branch(1, { id: 'p-1', card_number: '4111' }), after: new Branch(0, null), op: 'd' }),
    }),
    undefined,
  )
})

test('records whose schema has no row are of nobody', async (t) => {
  const orders = new Orders('debezium')
  orders.of(order)
  await orders.catalog.start()
  const fields = [...['before', 'after'].map((name) => ({ name, type: 'null' })), { name: 'op', type: 'string' }]
  const empty = { type: 'record', name: 'Envelope', fields }
  const value = wireOf(orders.register('elsewhere', empty), empty, { before: null, after: null, op: 'd' })
  t.equal(await orders.decodeOne('shop.orders', { key: Buffer.from('p-1'), value }), undefined)
  t.equal(orders.meter.recordsForeign, 1)
})

test('topics of one entity say together what it is', async (t) => {
  const entity: EntityDefinition = { ...entityOf('none'), layout: 'topic-per-operation' }
  const orders = new DecodeFixture([entity])
  const created = orders.register('shop.orders.create', order)
  const updated = orders.register('shop.orders.update', payment)
  await orders.catalog.start()
  const record = wireOf(created, order, { id: 'p-1', status: 'OPEN' })
  t.match(await orders.decodeOne('shop.orders.delete', { value: record }), { entityId: 'p-1' }, 'also on a topic that has no subject')
  t.match(await orders.decodeOne('shop.orders.update', { value: wireOf(updated, payment, { id: 'p-1', card_number: '1' }) }), {
    operation: 'update',
  })
})

/** What the issue says, in the words of this test. */
function meantBy(configured: readonly string[] | undefined, versions: readonly string[]): readonly string[] {
  if (configured !== undefined) return configured
  return versions.length > 0 && versions[0] === versions.at(-1) ? [versions[0]!] : []
}

test('whatever stands on topics and subjects, only what is meant becomes an event', async () => {
  const names = fc.constantFrom('shop.Order', 'shop.order', 'Order', 'shop.PaymentReceived')
  const scene = fc.record({
    shape: fc.constantFrom(...shapes),
    configured: fc.option(fc.uniqueArray(names, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    versions: fc.array(names, { minLength: 1, maxLength: 4 }),
    later: fc.array(names, { maxLength: 2 }),
    written: fc.array(fc.tuple(names, fc.boolean()), { minLength: 1, maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(scene, async ({ shape, configured, versions, later, written }) => {
      const orders = new Orders(shape, configured)
      const versioned = (name: string, doc: number) => ({ ...recordOf(name), doc: `${doc}` })
      versions.forEach((name, i) => void orders.of(versioned(name, i)))
      await orders.catalog.start()
      later.forEach((name, i) => void orders.of(versioned(name, 10 + i)))
      await orders.clock.advance(9_000)
      // What a closed subject says may change with what is registered for it; what was open stays as it was.
      const atStart = meantBy(configured, versions)
      const isPolled = written.length % 2 === 0
      if (isPolled) await orders.clock.advance(2_000)
      const meant = atStart.length > 0 || !isPolled ? atStart : meantBy(configured, [...versions, ...later])
      for (const [name, isElsewhere] of written) {
        const id = orders.of(recordOf(name), isElsewhere ? 'elsewhere' : `of ${name}`)
        const decoded = await orders.decoded(id, recordOf(name))
        if ((decoded !== undefined) !== meant.includes(name)) throw new Error(`${name} is meant by ${meant.join()}: ${String(decoded)}`)
      }
      const known = orders.catalog.schemasOf('order').filter(({ name }) => !meant.includes(name))
      orders.catalog.stop()
      if (known.length > 0) throw new Error(`${known.map(({ name }) => name).join()} is known`)
    }),
    { numRuns: 150 },
  )
})

test('of many record types on one topic a hundred are named', async (t) => {
  const orders = new Orders('none')
  orders.of(order)
  await orders.catalog.start()
  for (let i = 0; i < 120; i++) {
    const other = recordOf(`shop.Other${i}`)
    await orders.decoded(orders.of(other, `other${i}`), other)
  }
  t.equal(orders.lines.length, 101)
  t.match(orders.lines.at(-1)?.message, /^Records on a topic are of more than 100 kinds/)
  t.equal(orders.meter.recordsForeign, 120)
})
