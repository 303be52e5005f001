import { test } from 'tap'
import { readRequests } from '#protocol/read-request.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

const member = fc.oneof(fc.string({ maxLength: 300 }), fc.jsonValue({ maxDepth: 3 }))
const type = fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'authenticate'), member)
const since = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{0,41}$/), fc.constantFrom('none', '', 'x'.repeat(10_000)), member)
const where = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), member)
const ofCollection = { where, fields: fc.oneof(fc.array(fc.string(), { maxLength: 300 }), member), subscription: member }
const entity = { entity_id: member, entity_type: member, ref: member, since, snapshot: fc.oneof(fc.boolean(), member), ...ofCollection }
const subscriptions = fc.oneof(fc.array(fc.oneof(fc.record(entity, { requiredKeys: [] }), member), { maxLength: 5 }), member)
const request = fc.record({ type, ...entity, subscriptions, token: member, data: member }, { requiredKeys: [] })
/** A few characters cut out of a text that is nearly right. */
const torn = fc.tuple(request, fc.nat(200), fc.nat(10)).map(([json, at, length]) => {
  const text = JSON.stringify(json)
  return text.slice(0, at) + text.slice(at + length)
})

test('answers every text with a request or one of its errors', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        request.map((json) => JSON.stringify(json)),
        torn,
        fc.string(),
      ),
      (text) => {
        for (const dialect of ['seed', 'sluice.v1'] as const) {
          const outcomes = readRequests(text, dialect)
          if (outcomes.length === 0) throw new Error('nothing is answered')
          for (const outcome of outcomes) {
            if (dialect === 'seed' && ('where' in outcome || 'subscription' in outcome)) throw new Error('the seed has no collections')
            if ('where' in outcome && (outcome.entity_type === '' || 'entity_id' in outcome)) throw new Error(JSON.stringify(outcome))
            if (!('entity_id' in outcome)) continue
            if (outcome.entity_id === '' || outcome.entity_id.length > 256) throw new Error(JSON.stringify(outcome))
          }
        }
      },
    ),
    { numRuns: fuzzRuns(2000) },
  )
  t.end()
})
