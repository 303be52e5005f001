import { test } from 'tap'
import { parseExactJson, parseJson } from '#text/json-text.js'
import { ConfigurationError } from '#errors.js'
import { fc } from '../support/running/seeded-properties.js'

const parse = (text: string) => parseJson(text, (why) => new ConfigurationError(`The file ${why}.`))
const parseExact = (text: string) => parseExactJson(text, (why) => new ConfigurationError(`It ${why}.`))

test('says in one sentence what is no JSON, names something twice, or is nested without end', (t) => {
  t.same(parse('{ "a": [1] }'), { a: [1] })
  t.throws(() => parse('{\n"a":'), { name: 'ConfigurationError', message: /^The file is not JSON \(line 2\): / })
  t.throws(() => parse('['.repeat(100_000)), { name: 'ConfigurationError', message: /^The file is not JSON: / })
  t.throws(() => parse('{\n"a" 1}'), { name: 'ConfigurationError', message: /^The file is not JSON \(line 2\): / })
  t.throws(() => parse('{"a":1,"a":2}'), { message: 'The file names a twice in one object, of which only the last would count.' })
  const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`
  t.ok(parse(nested(500)))
  for (const levels of [502, 20_000]) t.throws(() => parse(nested(levels)), { message: 'The file is nested deeper than 500 levels.' })
  t.end()
})

test('keeps all digits of integers, and all else as JSON has it', (t) => {
  t.same(parseExact('[9007199254740993, -9007199254740993, 9007199254740991, 1.5, 1e21, 0]'), [
    9007199254740993n,
    -9007199254740993n,
    9007199254740991,
    1.5,
    1e21,
    0,
  ])
  const text = '{"n1": "n1", "t": "", "a\\"b" : ["9007199254740993", "\\\\", null, true, {"x": "n"}], "__proto__": 1}'
  t.same(parseExact(text), JSON.parse(text))
  t.same(Object.keys(parseExact(text) as object), ['n1', 't', 'a"b', '__proto__'])
  t.same(parseExact('"text"'), 'text')
  t.end()
})

test('reads what JSON has no big integers in as JSON does, the members in the same order', (t) => {
  const asText = fc.json({ depthSize: 'medium' }).filter((text) => !/\d{16}/.test(text))
  fc.assert(fc.property(asText, (text) => JSON.stringify(parseExact(text)) === JSON.stringify(JSON.parse(text))))
  t.end()
})

test('refuses what is no JSON, and what names a member twice', (t) => {
  t.throws(() => parseExact('{'), { name: 'ConfigurationError', message: /^It is not JSON/ })
  t.throws(() => parseExact('{"a": 1, "a": 2}'), { message: /^It names a twice/ })
  t.end()
})
