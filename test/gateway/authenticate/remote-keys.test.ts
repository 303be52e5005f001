import { generateKeyPair } from 'jose'
import { test, type Test } from 'tap'
import { RemoteKeys } from '#gateway/authenticate/remote-keys.js'
import { KeyServer } from '../../support/gateway/key-server.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import { until } from '../../support/kafka/source-reader.js'

async function fixture(t: Test) {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  const [clock, log] = [new SimulatedClock(), new SilentLog()]
  const keys = new RemoteKeys(server.url, { clock, log })
  t.teardown(() => keys.stop())
  const asked = async (requests: number) => until(`${requests} requests`, () => server.requests === requests)
  const publish = async () => server.publish({ one: (await generateKeyPair('ES256', { extractable: true })).publicKey })
  return { server, clock, log, keys, asked, publish }
}

test('is ready once the keys have been there, tries on until then, and stays ready when they are lost', async (t) => {
  const { server, clock, log, keys, asked, publish } = await fixture(t)
  server.answer = { status: 404, body: '' }
  keys.start()
  await until('it has failed', () => log.lines.length === 1)
  const address = server.url.href.replace(/\?.*/, '?…')
  t.same(keys.status(), { ready: false, reason: `the keys at ${address}: the key server answered 404` })
  t.same(keys.state(), { isUp: false, count: 0, ageMs: undefined })
  server.answer = { status: 200, body: '{"keys":[]}' }
  await until('it has asked again', async () => (await clock.advance(1_000), keys.status().reason!.includes('none that could verify')))
  t.equal(keys.status().ready, false)
  await publish()
  await until('the keys are there', async () => (await clock.advance(10_000), keys.status().ready))
  t.match(keys.state(), { isUp: true, count: 1 })
  t.same(keys.status(), { ready: true })

  const before = server.requests
  server.answer = { status: 500, body: '' }
  await clock.advance(280_000)
  t.equal(server.requests, before)
  await clock.advance(20_000)
  await asked(before + 1)
  await until('it is seen', () => !keys.state().isUp)
  t.match(keys.status(), { ready: true, reason: /answered 500/ })
  t.equal(keys.state().count, 1, 'which still verify')
  t.ok(keys.state().ageMs! >= 280_000)
})

test('counts the keys that may verify a token', async (t) => {
  const { server, keys } = await fixture(t)
  const kinds = [{ kty: 'RSA' }, { kty: 'EC', use: 'sig' }, { kty: 'OKP' }, { kty: 'RSA', use: 'enc' }, { kty: 'oct' }, {}]
  server.answer = { status: 200, body: JSON.stringify({ keys: kinds }) }
  keys.start()
  await until('they are there', () => keys.status().ready)
  t.equal(keys.state().count, 3)
})
