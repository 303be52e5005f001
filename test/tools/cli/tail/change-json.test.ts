import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import { exactJson } from '#text/exact-json.js'
import { changeJson } from '#tools/cli/tail/change-json.js'
import { changeOf } from '../../../support/tools/change-of.js'

test('writes a change as one line, with the members of the protocol and what was left out', (t) => {
  t.equal(
    changeJson(changeOf({ data: { big: 2n ** 60n, 'a\n': '\u001b' }, cursor: 'c1', missed: { because: 'slow', count: 2 } })),
    '{"type":"entity_update","entity_id":"order-1001","entity_type":"order","operation":"update","data":{"big":1152921504606846976,"a\\n":"\\u001b"},"timestamp":"2026-01-01T12:00:00.000Z","cursor":"c1","missed":{"because":"slow","count":2}}',
  )
  t.match(changeJson(changeOf({ operation: 'delete', data: undefined, timestamp: undefined })), /"operation":"delete","data":\{\}\}$/)
  t.end()
})

test('loses nothing of what was read', (t) => {
  const arbitrary = fc.jsonValue({ stringUnit: 'binary' }).map((value) => ({ value, long: 2n ** 63n - 1n }))
  fc.assert(
    fc.property(arbitrary, ({ value, long }) => {
      const text = `{"long":${long},"value":${JSON.stringify(value)}}`
      const data = exactJson(text) as object
      const line = changeJson(changeOf({ data }))
      const plain = JSON.parse(line) as { readonly data: { readonly value: unknown } }
      return line.includes(`"long":${long},`) && JSON.stringify(plain.data.value) === JSON.stringify(value)
    }),
  )
  t.end()
})
