import assert from 'node:assert/strict'
import { test } from 'tap'
import { operations } from '#entities.js'
import { writeMessage } from '#protocol/message.js'
import { beginUpdate, bytesBehindData, endUpdate, writeWithAdditions } from '#protocol/update-text.js'
import { JsonOutput } from '#text/json-output.js'
import { fc } from '../support/running/seeded-properties.js'

const entityName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/)
const dateMs = fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.constantFrom(0, -8.64e15, 8.64e15, 253_402_300_800_000))
const data = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())

test('is the text of the message, in both dialects', (t) => {
  const output = new JsonOutput()
  const written = (write: () => void): Buffer => {
    output.clear()
    write()
    return output.copy()
  }
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      entityName,
      fc.constantFrom(...operations, 'snapshot' as const),
      data,
      dateMs,
      fc.oneof(
        fc.record({ cursor: fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/) }, { requiredKeys: [] }),
        fc.record({ subscription: fc.stringMatching(/^[A-Za-z0-9_-]{22}$/) }),
      ),
      (entity_id, entity_type, operation, data, ms, additions) => {
        const head = { type: 'entity_update', entity_id, entity_type, operation, data } as const
        const message = { ...head, timestamp: new Date(ms).toISOString(), ...additions }
        const text = JSON.stringify(data)
        const seed = written(() => {
          beginUpdate(output, entity_id, entity_type, operation)
          output.text(text)
          endUpdate(output)
        })
        assert.equal(seed.toString(), writeMessage(message, 'seed'))
        const v1 = written(() => writeWithAdditions(output, seed, { timestampMs: ms, ...additions }))
        assert.equal(v1.toString(), writeMessage(message, 'sluice.v1'))
        assert.ok(v1.length - seed.length + '}[]'.length <= bytesBehindData)
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})
