import { test } from 'tap'
import { parseJson } from '#text/json-text.js'
import { ConfigurationError } from '#errors.js'

const parse = (text: string) => parseJson(text, (why) => new ConfigurationError(`The file ${why}.`))

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
