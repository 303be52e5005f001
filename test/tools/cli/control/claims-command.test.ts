import { test } from 'tap'
import { onControlTopic, runControl } from '../../../support/tools/control-commands.js'
import { skipRealParts } from '../../../support/real-parts/real-parts.js'

test('claims are written, read and deleted by the identity of their user', { skip: skipRealParts }, async (t) => {
  const { run, contents } = await onControlTopic(t, 'CLAIMS_TOPIC')
  const dir = t.testdir({ 'claims.json': '{ "region": "eu",\n "teams": ["red", "blue"] }', 'next.json': '{"region":"us"}' })
  t.match(await run('claims', 'get', 'ann'), { code: 1, err: 'The topic has no claims of ann.\n', out: '' })
  t.match(await run('claims', 'set', 'ann', `${dir}/claims.json`), { code: 0, out: 'The claims of ann are written.\n' })
  t.match(await run('claims', 'set', 'ben', `${dir}/next.json`), { code: 0 })
  t.match(await run('claims', 'get', 'ann'), { code: 0, out: '{"region":"eu","teams":["red","blue"]}\n' })
  t.match(await run('claims', 'set', 'ann', `${dir}/next.json`), { code: 0 })
  t.match(await run('claims', 'get', 'ann'), { code: 0, out: '{"region":"us"}\n' })
  t.match(await run('claims', 'delete', 'ann'), { code: 0, out: 'The claims of ann are deleted.\n' })
  t.match(await run('claims', 'get', 'ann'), { code: 1 })
  t.match(await run('claims', 'get', 'ben'), { code: 0 })
  t.same((await contents()).at(-1), ['ann', null])
})

test('claims that a gateway could not use are not written', async (t) => {
  const long = JSON.stringify({ note: 'x'.repeat(1024 * 1024) })
  const files = { list: '[]', twice: '{"a":1,"a":2}', reserved: '{"sub":"ben"}', long, broken: '{' }
  const dir = t.testdir(files)
  const variables = { KAFKA_BROKERS: '127.0.0.1:1', CLAIMS_TOPIC: 'c' }
  for (const [name, why] of Object.entries({
    list: 'must be an object',
    twice: 'names a twice',
    reserved: 'names "sub", which comes from tokens alone',
    long: 'bytes of claims, of at most',
    broken: 'is not JSON',
  }))
    t.match(await runControl(variables, 'claims', 'set', 'ann', `${dir}/${name}`), { code: 78, err: why })
})

test('says what it needs, and that Kafka cannot be reached', async (t) => {
  t.match(await runControl({}, 'claims', 'get', 'ann'), { code: 64, err: /The brokers .* are not set/ })
  t.match(await runControl({ KAFKA_BROKERS: 'a:1' }, 'claims', 'get', 'ann'), {
    code: 64,
    err: /The topic \(--topic or CLAIMS_TOPIC\) is not set/,
  })
  t.match(await runControl({}, 'claims', 'get', 'ann', '--brokers', '127.0.0.1:1', '--topic', 'c'), { code: 69, err: /^Kafka: / })
})
