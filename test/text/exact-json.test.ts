import { test } from 'tap'
import { parseExactJson } from '#text/exact-json.js'
import { ConfigurationError } from '#errors.js'
import { fc } from '../support/running/seeded-properties.js'

const parse = (text: string) => parseExactJson(text, (why) => new ConfigurationError(`It ${why}.`))

test('keeps all digits of integers, and all else as JSON has it', (t) => {
  t.same(parse('[9007199254740993, -9007199254740993, 9007199254740991, 1.5, 1e21, 0]'), [
    9007199254740993n,
    -9007199254740993n,
    9007199254740991,
    1.5,
    1e21,
    0,
  ])
  const text = '{"n1": "n1", "t": "", "a\\"b" : ["9007199254740993", "\\\\", null, true, {"x": "n"}], "__proto__": 1}'
  t.same(parse(text), JSON.parse(text))
  t.same(Object.keys(parse(text) as object), ['n1', 't', 'a"b', '__proto__'])
  t.same(parse('"text"'), 'text')
  t.end()
})

test('reads what JSON has no big integers in as JSON does, the members in the same order', (t) => {
  const asText = fc.json({ depthSize: 'medium' }).filter((text) => !/\d{16}/.test(text))
  fc.assert(fc.property(asText, (text) => JSON.stringify(parse(text)) === JSON.stringify(JSON.parse(text))))
  t.end()
})

test('refuses what is no JSON, and what names a member twice', (t) => {
  t.throws(() => parse('{'), { name: 'ConfigurationError', message: /^It is not JSON/ })
  t.throws(() => parse('{"a": 1, "a": 2}'), { message: /^It names a twice/ })
  t.end()
})
