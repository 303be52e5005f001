import assert from 'node:assert/strict'
import { test } from 'tap'
import { readBatch, writeBatch } from '#protocol/batch.js'
import { readMessage, writeMessage } from '#protocol/message.js'
import { fc } from '../support/running/seeded-properties.js'
import { arbitraryMessage } from '../support/values/arbitrary-message.js'

test('holds the messages that were put into it, in their order', (t) => {
  fc.assert(
    fc.property(fc.array(arbitraryMessage, { minLength: 1, maxLength: 5 }), (messages) => {
      const texts = messages.map((message) => writeMessage(message, 'sluice.v1'))
      const frame = writeBatch(texts.map((text) => Buffer.from(text)))
      assert.deepEqual(readBatch(frame.toString()), texts.map(readMessage))
    }),
  )
  t.end()
})

test('is an array, of which each message is known by itself', async (t) => {
  t.same(readBatch('[{"type":"type_of_the_future"},{"type":"error","message":"m"}]'), [undefined, { type: 'error', message: 'm' }])
  for (const text of ['', '[', '{}', '"["']) t.equal(readBatch(text), undefined, text)
})
