import { test } from 'tap'
import { plainDecoder } from '../../../bench/contenders/plain-event.js'
import { encodeEvent, entityIdOf, firstSequence, orderOf, ownerIdOf } from '../../../bench/workload/order.js'
import { expectedFor, roles } from '../../../bench/workload/policy.js'

test('writes the event whose data is the order, whatever its numbers', async (t) => {
  const decode = plainDecoder()
  for (const [entity, nth] of [
    [0, 0],
    [99_999_999, 1],
    [123, 3_456_789],
  ] as const) {
    const sequence = firstSequence + nth
    const event = decode(encodeEvent(7, entity, sequence, 1_764_000_000_123))
    t.equal(event.entity_id, entityIdOf(entity))
    t.same(JSON.stringify(event.data), JSON.stringify(orderOf(entity, sequence)))
  }
})

test('writes an order of another owner', async (t) => {
  const { data } = plainDecoder()(encodeEvent(7, 12_345, firstSequence, 1_764_000_000_123, 45))
  t.same(data, { ...orderOf(12_345, firstSequence), owner_id: ownerIdOf(45) })
})

test('shows each role about as much as is said, and none what is internal', async (t) => {
  const texts = roles.map((role) => JSON.stringify(expectedFor(role, 5, firstSequence)))
  t.equal(new Set(texts).size, 3)
  for (const text of texts) {
    t.ok(text.length > 150 && text.length < 270, `${text.length} B`)
    t.ok(text.startsWith('{"seq":1000000000,'))
    t.notMatch(text, /margin/)
  }
})
