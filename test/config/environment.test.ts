import { test } from 'tap'
import type { Variable } from '#config/variable.js'
import { variables, type VariableName } from '#config/variables.js'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'

const integers = Object.entries(variables as Record<VariableName, Variable>).filter(([, { kind }]) => kind === 'integer')

test('takes each number at its bounds and refuses it one beyond, with the bounds in the sentence', async (t) => {
  for (const [name, { min, max }] of integers) {
    // Which bounds FRAME_OUT_BYTES_MAX.
    const largeMailbox = { MAILBOX_BYTES_MAX: String(variables.MAILBOX_BYTES_MAX.max) }
    for (const inside of [min!, max!]) t.ok(configOf({ ...kafkaEnvironment, ...largeMailbox, [name]: String(inside) }), `${name}=${inside}`)
    for (const outside of [min! - 1, max! + 1]) {
      t.match(
        refusalOf({ ...kafkaEnvironment, [name]: String(outside) }),
        `${name} is "${outside}"; it must be a whole number from ${min} to ${max}`,
      )
    }
  }
})

test('refuses what is no whole number', async (t) => {
  for (const value of ['8080.5', '1e3', '0x50', '-1', 'many', '8080 8081', '९']) t.match(refusalOf({ PORT: value }), `PORT is "${value}"`)
})

test('names the unit where there is one', async (t) => {
  t.equal(
    refusalOf({ FRAME_BYTES_MAX: '12' }),
    'ConfigurationError: FRAME_BYTES_MAX is "12"; it must be a whole number from 1024 to 1048576 (bytes).',
  )
})

test('says what a word, a switch or a URL may be', async (t) => {
  t.equal(refusalOf({ LONGS: 'bigint' }), 'ConfigurationError: LONGS is "bigint"; it must be one of number, string.')
  t.match(refusalOf({ ...kafkaEnvironment, KAFKA_TLS: 'true' }), 'KAFKA_TLS is "true"; it must be on or off.')
  t.match(refusalOf({ JWKS_URL: 'file:///keys' }), 'JWKS_URL is "file:///keys"; it must be a URL that begins with http:// or https://.')
})

test('never shows a password that a URL carries', async (t) => {
  const refusal = refusalOf({ ...kafkaEnvironment, SCHEMA_REGISTRY_URL: 'htp://user:pass@word@registry' })
  t.match(refusal, '"htp://[redacted]@registry"')
  t.notMatch(refusal, /pass|word/)
})

test('leaves spaces around a value out', async (t) => {
  t.equal(configOf({ PORT: ' 9000\n' }).port, 9000)
})
