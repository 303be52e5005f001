import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { isSame } from '#client/same.js'
import { fc } from '../support/running/seeded-properties.js'

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const alike = fc.oneof(
  fc.tuple(json, json),
  json.map((value) => [value, structuredClone(value)] as const),
)

test('two values of JSON are the same where they say the same', (t) => {
  fc.assert(
    fc.property(alike, ([one, other]) => assert.equal(isSame(one, other), isDeepStrictEqual(one, other))),
    { numRuns: 2000 },
  )
  for (const [one, other] of [
    [[], {}],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [1]],
    [{ a: null }, { a: {} }],
    [{}, { a: 1 }],
  ])
    t.notOk(isSame(one, other) || isSame(other, one), JSON.stringify([one, other]))
  t.end()
})
