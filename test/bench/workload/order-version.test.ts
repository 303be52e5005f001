import avsc from 'avsc'
import { test } from 'tap'
import { firstSequence, orderOf } from '../../../bench/workload/order.js'
import { OrderVersion } from '../../../bench/workload/order-version.js'

interface Event {
  readonly entity_id: string
  readonly data: Readonly<Record<string, unknown>>
}

test('writes the order with its extra fields, as its schema says', async (t) => {
  const version = new OrderVersion({ count: 3, length: 200, tag: 'INTERNAL' })
  const event = avsc.Type.forSchema(version.eventSchema as avsc.Schema, { wrapUnions: false }).fromBuffer(
    version.encode(7, 5, firstSequence, 1_764_000_000_123).subarray(5),
  ) as Event
  t.equal(event.entity_id, 'o00000005')
  t.equal(event.data['seq'], firstSequence)
  t.match(event.data, version.extraData())
  t.equal(Object.keys(event.data).length, Object.keys(orderOf(5, firstSequence)).length + 3)
  t.match(JSON.stringify(version.eventSchema), '"name":"extra_2","type":"string","confluent:tags":["INTERNAL"]')
})

test('is the plain order without them', async (t) => {
  t.equal(
    new OrderVersion().encode(7, 5, firstSequence, 1_764_000_000_123).length,
    new OrderVersion({ count: 0, length: 9 }).encode(7, 5, firstSequence, 1_764_000_000_123).length,
  )
  t.same(new OrderVersion().extraData(), {})
})
