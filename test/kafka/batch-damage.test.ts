import { test } from 'tap'
import { damageOf } from '#kafka/batch-damage.js'
import { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import { encodeBatch, encodeOldMessage } from '../support/kafka/record-batch.js'

test('finds nothing wrong with what was written', (t) => {
  t.equal(damageOf(encodeBatch({ firstOffset: 7, values: ['a', 'b'] })), undefined)
  t.equal(damageOf(encodeBatch({ firstOffset: 0, values: [] })), undefined)
  t.end()
})

test('finds each bit that was flipped, but for those of the first offset and the leader epoch, which the broker writes', (t) => {
  const batch = encodeBatch({ firstOffset: 7, values: ['some value'] })
  for (let bit = 0; bit < 8 * batch.length; bit++) {
    const at = bit >> 3
    if ((at > 0 && at < 8) || (at >= 12 && at < 16)) continue
    const flipped = Buffer.from(batch)
    flipped[at]! ^= 1 << (bit & 7)
    if (at > 0 || (bit & 7) === 7) t.ok(damageOf(flipped), `bit ${bit}`)
  }
  t.end()
})

test('believes nothing of what is cut off', (t) => {
  const batch = encodeBatch({ firstOffset: 7, values: ['a'] })
  for (let length = 0; length < batch.length; length++) t.ok(damageOf(batch.subarray(0, length)), `${length} bytes`)
  t.end()
})

test('tells an old message from a batch whose format was changed', (t) => {
  const old = encodeOldMessage(5)
  t.equal(damageOf(old), undefined)
  t.throws(() => KafkaRecordBatch.at(old, 0)!.records(), /message format 1/)
  old[old.length - 1]! ^= 1
  t.ok(damageOf(old))
  t.end()
})
