import { test } from 'tap'
import { readRequest } from '#protocol/read-request.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

const member = fc.oneof(fc.string({ maxLength: 300 }), fc.jsonValue({ maxDepth: 3 }))
const request = fc.record(
  {
    type: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe'), member),
    entity_id: member,
    entity_type: member,
    ref: member,
    data: member,
  },
  { requiredKeys: [] },
)
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
          const parsed = readRequest(text, dialect)
          if (!('error' in parsed) && (parsed.entity_id === '' || parsed.entity_id.length > 256)) throw new Error(JSON.stringify(parsed))
        }
      },
    ),
    { numRuns: fuzzRuns(2000) },
  )
  t.end()
})
