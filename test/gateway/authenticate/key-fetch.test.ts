import { test } from 'tap'
import { keyFetch, KeysUnavailableError } from '#gateway/authenticate/key-fetch.js'
import { CallCounts } from '#gateway/observe/call-counts.js'
import { KeyServer } from '../../support/gateway/key-server.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('asks a key server in trouble once a second, and says so once', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  const [clock, log] = [new SimulatedClock(), new SilentLog()]
  const fetchKeys = keyFetch({ clock, log }, new CallCounts(clock))
  const ask = () =>
    fetchKeys(server.url.href, { headers: new Headers(), method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(5000) })
  server.answer = { status: 500, body: '' }
  for (let i = 0; i < 10; i++) await t.rejects(ask(), KeysUnavailableError)
  t.equal(server.requests, 1)
  t.equal(log.lines.length, 1)
  t.match(log.lines[0], /answered 500/)

  await clock.advance(1000)
  server.answer = { status: 200, body: '{"keys":[]}' }
  t.same(await (await ask()).json(), { keys: [] })
  await ask()
  t.equal(server.requests, 3)
})

test('asks again after a second, whatever the clock is set to meanwhile', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  server.answer = { status: 500, body: '' }
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const [clock, before] = [new SimulatedClock(), server.requests]
    const fetchKeys = keyFetch({ clock, log: new SilentLog() }, new CallCounts(clock))
    const ask = () =>
      fetchKeys(server.url.href, { headers: new Headers(), method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(5000) })
    await t.rejects(ask())
    clock.jump(jumpMs)
    await t.rejects(ask())
    t.equal(server.requests, before + 1)
    await clock.advance(1000)
    await t.rejects(ask())
    t.equal(server.requests, before + 2)
  }
})

test('takes an answer that is no key set for a failure', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  for (const body of ['<html>', 'null', '{}', '{"keys":{}}']) {
    server.answer = { status: 200, body }
    const fetchKeys = keyFetch({ clock: new SimulatedClock(), log: new SilentLog() }, new CallCounts(new SimulatedClock()))
    const signal = AbortSignal.timeout(5000)
    await t.rejects(
      fetchKeys(server.url.href, { headers: new Headers(), method: 'GET', redirect: 'manual', signal }),
      KeysUnavailableError,
      body,
    )
  }
})

test('gives up a key server that never answers, and does not log its URL', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  server.answer = 'never'
  const log = new SilentLog()
  const fetchKeys = keyFetch({ clock: new SimulatedClock(), log }, new CallCounts(new SimulatedClock()))
  const options = { headers: new Headers(), method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(50) } as const
  await t.rejects(fetchKeys(server.url.href, options), KeysUnavailableError)
  t.equal(log.lines.length, 1)
  t.notMatch(log.lines.join(), 'secret')
})

test('tells of a failure when it begins, when its reason changes and each minute, with the address but without its secrets', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  const [clock, log] = [new SimulatedClock(), new SilentLog()]
  const fetchKeys = keyFetch({ clock, log }, new CallCounts(clock))
  const url = new URL(server.url)
  url.username = 'anton'
  url.password = 'hidden:p@ss'
  const ask = () => fetchKeys(url.href, { headers: new Headers(), method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(5000) })
  server.answer = { status: 500, body: '' }
  for (let second = 0; second < 120; second++) {
    await t.rejects(ask(), KeysUnavailableError)
    await clock.advance(1000)
  }
  t.equal(log.lines.length, 2)
  server.answer = { status: 401, body: '' }
  await t.rejects(ask(), /answered 401/)
  t.equal(server.login, `Basic ${Buffer.from('anton:hidden:p@ss').toString('base64')}`, 'the login goes into the header')
  await clock.advance(1000)
  server.answer = { status: 200, body: '{"keys":[]}' }
  await ask()
  t.equal(log.lines.length, 4)
  t.match(log.lines[3], /can be fetched again/)
  for (const line of log.lines) t.match(line, `${url.host}/keys?…`)
  t.notMatch(log.lines.join(), /hidden|anton|of-the-url/)
})

test('gives up an answer that is too long before it fills the memory', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  server.answer = { status: 200, body: ' '.repeat(2 ** 20 + 1) }
  const fetchKeys = keyFetch({ clock: new SimulatedClock(), log: new SilentLog() }, new CallCounts(new SimulatedClock()))
  const options = { headers: new Headers(), method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(5000) } as const
  await t.rejects(fetchKeys(server.url.href, options), /has more than 1048576 bytes/)
})
