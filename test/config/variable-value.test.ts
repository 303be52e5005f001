import { test } from 'tap'
import * as v from 'valibot'
import { allowedValues, entriesOf, valueSchema } from '#config/variable-value.js'
import { variables } from '#config/variables.js'

const isRight = (name: keyof typeof variables, value: string) => v.is(valueSchema(variables[name]), value)

test('wants a host and a port of every broker', async (t) => {
  for (const right of ['broker:9092', 'a.example:9092, b.example:9093', '10.0.0.1:9092', '[::1]:9092', 'broker_1:9092,'])
    t.ok(isRight('KAFKA_BROKERS', right), right)
  for (const wrong of ['broker', 'broker:', 'http://broker:9092', 'a:9092 b:9092', ',', 'a:9092,b', 'a:0', 'a:65536'])
    t.notOk(isRight('KAFKA_BROKERS', wrong), wrong)
})

test('wants origins as browsers write them, since another form would never be equal', async (t) => {
  for (const right of ['https://shop.example', 'http://localhost:3000,https://shop.example']) t.ok(isRight('ALLOWED_ORIGINS', right), right)
  for (const wrong of ['https://shop.example/', 'shop.example', '*', 'https://Shop.example', 'https://shop.example:443', 'null'])
    t.notOk(isRight('ALLOWED_ORIGINS', wrong), wrong)
})

test('accepts every default and every choice of the table', async (t) => {
  for (const variable of Object.values(variables)) {
    if ('default' in variable) t.ok(v.is(valueSchema(variable), variable.default), variable.meaning)
    if ('choices' in variable) for (const choice of variable.choices) t.ok(v.is(valueSchema(variable), choice))
  }
})

test('says in words what each may be', async (t) => {
  for (const variable of Object.values(variables)) t.notMatch(allowedValues(variable), /undefined|^$/)
  t.equal(allowedValues(variables.IDLE_TIMEOUT_SECONDS), 'a whole number from 9 to 960 (s)')
})

test('cuts a list at its commas', async (t) => {
  t.same(entriesOf(' a:1 ,,b:2, '), ['a:1', 'b:2'])
  t.same(entriesOf(''), [])
})
