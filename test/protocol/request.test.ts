import assert from 'node:assert/strict'
import { test } from 'tap'
import { readRequest } from '#protocol/read-request.js'
import { writeRequest } from '#protocol/request.js'
import { fc } from '../support/running/seeded-properties.js'
import { arbitraryRequest } from '../support/values/arbitrary-message.js'

test('leaves out what a client does not ask for', async (t) => {
  t.equal(writeRequest({ type: 'subscribe', entity_id: 'e', entity_type: undefined }), '{"type":"subscribe","entity_id":"e"}')
})

test('is read back as the same request, as far as its dialect has it', (t) => {
  const isWildcard = (entityId: string) => /^\*+$/.test(entityId)
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      fc.pre(!isWildcard(request.entity_id))
      const text = writeRequest(request)
      assert.equal(JSON.stringify(readRequest(text, 'sluice.v1')), text)
      assert.deepEqual(readRequest(text, 'seed'), { type: request.type, entity_id: request.entity_id })
    }),
    { numRuns: 500 },
  )
  t.end()
})
