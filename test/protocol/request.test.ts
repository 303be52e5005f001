import assert from 'node:assert/strict'
import { test } from 'tap'
import { readRequests } from '#protocol/read-request.js'
import { writeRequest, writeRequestList, type Request } from '#protocol/request.js'
import { fc } from '../support/running/seeded-properties.js'
import { arbitraryRequest } from '../support/values/arbitrary-message.js'

test('leaves out what a client does not ask for', async (t) => {
  t.equal(writeRequest({ type: 'subscribe', entity_id: 'e', entity_type: undefined }), '{"type":"subscribe","entity_id":"e"}')
})

const isWildcard = (entityId: string) => /^\*+$/.test(entityId)

test('is read back as the same request, as far as its dialect has it', (t) => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      if ('subscriptions' in request) {
        fc.pre(!request.subscriptions.some((one) => 'entity_id' in one && isWildcard(one.entity_id)))
        const { type, subscriptions } = request
        const single = JSON.stringify(subscriptions.map((one) => ({ type, ...one })))
        return assert.equal(JSON.stringify(readRequests(writeRequestList(request), 'sluice.v1')), single)
      }
      fc.pre(!('entity_id' in request && isWildcard(request.entity_id)))
      const text = writeRequest(request)
      assert.equal(JSON.stringify(readRequests(text, 'sluice.v1')), `[${text}]`)
      assert.deepEqual(JSON.parse(JSON.stringify(readRequests(text, 'seed'))), [inSeed(request)])
    }),
    { numRuns: 1000 },
  )
  t.end()
})

function inSeed(request: Request) {
  if ('entity_id' in request) return { type: request.type, entity_id: request.entity_id }
  const isOfCollection = 'where' in request || 'subscription' in request
  return { error: { code: isOfCollection ? 'entity_id_missing' : 'type_unknown' } }
}
