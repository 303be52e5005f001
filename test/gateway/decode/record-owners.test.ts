import { test } from 'tap'
import type { EntityDefinition } from '#entities.js'
import { Branch } from '../../support/values/avro-cases.js'
import { bareOrder, DecodeFixture, orderSchema, wireOf } from '../../support/gateway/decode-fixture.js'

const bare = (name: string, record: string): EntityDefinition => ({ ...bareOrder, name, record: [record], sharesTopic: true })
const table: EntityDefinition = { ...bare('row', 'shop.Value'), envelope: 'debezium' }
const named = (name: string) => ({ ...orderSchema, name })
const envelope = {
  type: 'record',
  name: 'shop.Envelope',
  fields: [
    { name: 'after', type: ['null', named('shop.Value')] },
    { name: 'op', type: 'string' },
  ],
}
const data = { id: 'o', total: 1 }

class SharedTopic extends DecodeFixture {
  private readonly ids = new Map<object, number>()

  async typeOf(schema: object, value: unknown): Promise<string | undefined> {
    const id = this.ids.get(schema) ?? this.register('elsewhere', schema)
    this.ids.set(schema, id)
    const event = await this.decodeOne('shop.orders', { value: wireOf(id, schema, value) })
    return typeof event === 'object' ? event.entityType : event
  }
}

test('each record on a shared topic is of the type that says its name, in whatever envelopes and order they are', async (t) => {
  const [order, payment, other] = [named('shop.Order'), named('shop.Payment'), named('shop.Other')]
  const definitions = [table, bare('order', 'shop.Order'), bare('payment', 'shop.Payment')]
  for (const all of [definitions, [...definitions].reverse()]) {
    const fixture = new SharedTopic(all)
    t.equal(await fixture.typeOf(order, data), 'order')
    t.equal(await fixture.typeOf(envelope, { after: new Branch(1, data), op: 'c' }), 'row')
    t.equal(await fixture.typeOf(payment, data), 'payment')
    for (let n = 0; n < 3; n++) t.equal(await fixture.typeOf(other, data), undefined)
    t.equal(fixture.meter.recordsForeign, 3)
    t.same(fixture.bad, [])
    t.same(
      fixture.lines.filter(({ message }) => /^Records on a topic/.test(message)).map(({ fields }) => fields['record']),
      all.map(({ envelope }) => (envelope === 'none' ? 'shop.Other' : 'no row')),
      'it is said once of each type',
    )
  }
})

test('a null in the place of a record is nobody’s, and bad', async (t) => {
  const fixture = new SharedTopic([bare('order', 'shop.Order'), bare('payment', 'shop.Payment')])
  fixture.registry.register('shop.Order', JSON.stringify(named('shop.Order')))
  t.equal(await fixture.typeOf(['null', named('shop.Payment')], new Branch(0, null)), 'data_missing')
  t.equal(await fixture.typeOf(['null', named('shop.Refund')], new Branch(0, null)), 'data_missing')
  t.equal(fixture.meter.recordsForeign, 0)
})
