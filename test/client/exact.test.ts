import { test } from 'tap'
import { exactJson } from '#client/exact.js'

test('gives the client a way to read frames by which no integer loses a digit', (t) => {
  const frame = '[{"type":"entity_update","data":{"number":1152921504606846977,"items":[{"n":1}],"note":"1152921504606846977"}}]'
  const read = (number: unknown) => [{ type: 'entity_update', data: { number, items: [{ n: 1 }], note: '1152921504606846977' } }]
  t.same(exactJson('bigint')(frame), read(1152921504606846977n))
  t.same(exactJson('string')(frame), read('1152921504606846977'))
  t.throws(() => exactJson('bigint')('{'), SyntaxError)
  t.end()
})
