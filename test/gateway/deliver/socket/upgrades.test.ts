import { test } from 'tap'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { HttpAnswer } from '#gateway/deliver/socket/http-answer.js'
import { Upgrades, type UpgradeAttempt } from '#gateway/deliver/socket/upgrades.js'
import { WaitingSockets } from '#gateway/deliver/socket/waiting-sockets.js'
import { Meter } from '#gateway/observe/meter.js'
import { EchoAcceptor } from '../../../support/gateway/echo-acceptor.js'
import { FakeSocket } from '../../../support/gateway/fake-socket.js'
import { recordingLog } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const options = { frameBytesMax: 100, framesPerSecondMax: 10, idleTimeoutSeconds: 60, waitingSocketsMax: 10, upgradesPerSecondMax: 4096 }
const claims = { sub: 'ann', roles: [], claims: {}, expiresAtMs: Infinity }

/** With a verifier that answers when it is told to. */
function upgradesOf(upgradesPerSecondMax = options.upgradesPerSecondMax) {
  const verified: (() => void)[] = []
  const verifier = {
    verify: () => new Promise<Omit<Identity, 'clientId' | 'subprotocol'>>((resolve) => verified.push(() => resolve(claims))),
  }
  const [acceptor, meter, clock, log] = [new EchoAcceptor(), new Meter(), new SimulatedClock(), recordingLog()]
  const waiting = new WaitingSockets(10, { clock, meter, log })
  const upgrades = new Upgrades(
    { ...options, upgradesPerSecondMax, allowedOrigins: [] },
    { acceptor, verifier, clock, random: () => 0, meter, log },
    waiting,
  )
  return { upgrades, verified, acceptor, meter, clock }
}

function attemptOf(encodedClientId: string) {
  const answers: HttpAnswer[] = []
  const subprotocols: unknown[] = []
  const attempt: UpgradeAttempt & { gone: boolean } = {
    request: { encodedClientId, origin: '', authorization: 'Bearer x', query: '', subprotocols: 'sluice.v1' },
    gone: false,
    isGone: () => attempt.gone,
    refuse: (answer) => answers.push(answer),
    accept(client, subprotocol) {
      subprotocols.push(subprotocol)
      client.attach(new FakeSocket())
    },
  }
  return { attempt, answers, subprotocols }
}

test('makes a WebSocket of what brings a good token, and a client of the acceptor of it', async (t) => {
  const { upgrades, verified, acceptor, meter, clock } = upgradesOf()
  const { attempt, answers, subprotocols } = attemptOf('tab-1')
  const decided = upgrades.decide(attempt)
  await clock.advance(40)
  t.same([meter.upgradesPending, meter.upgradeLatency.samples('x').at(-1)], [1, 'x_count 0'])
  verified[0]!()
  await decided
  t.same([meter.upgradesPending, meter.upgradeLatency.samples('x').at(-2)], [0, 'x_sum 0.04'])
  t.match(acceptor.connections, [{ identity: { sub: 'ann', clientId: 'tab-1' } }])
  t.same([answers, subprotocols], [[], ['sluice.v1']])
})

test('refuses what the acceptor has no room for, also where others have come in while the token was read', async (t) => {
  const { upgrades, verified, acceptor, meter } = upgradesOf()
  const { attempt, answers } = attemptOf('tab-1')
  const decided = upgrades.decide(attempt)
  acceptor.refuses = 'too_many_connections_of_user'
  verified[0]!()
  await decided
  await upgrades.decide(attempt)
  t.equal(verified.length, 1, 'whoever comes where nobody is let in costs no signature')
  t.match(answers, [{ status: /^503|^429/ }, { status: /^503|^429/ }])
  t.equal(meter.upgradesRefused.get('too_many_connections_of_user'), 2)
  t.equal(acceptor.connections.length, 0)
})

test('does nothing for a client that has left while its token was read', async (t) => {
  const { upgrades, verified, acceptor } = upgradesOf()
  const { attempt, answers, subprotocols } = attemptOf('tab-1')
  const decided = upgrades.decide(attempt)
  attempt.gone = true
  verified[0]!()
  await decided
  t.same([answers, subprotocols, acceptor.connections], [[], [], []])
})

test('reads no more tokens at a time than its memory is meant for', async (t) => {
  const { upgrades, verified } = upgradesOf()
  const attempts = Array.from({ length: 4097 }, () => attemptOf('tab-1'))
  const decided = attempts.map(({ attempt }) => upgrades.decide(attempt))
  await decided.at(-1)
  t.match(attempts.at(-1)!.answers, [{ body: /too_many_connections/ }])
  t.equal(verified.length, 4096)
  for (const verify of verified) verify()
  await Promise.all(decided)
})

test('lets as many in as may connect in a second, and reads no token of the others', async (t) => {
  const { upgrades, verified, acceptor, meter, clock } = upgradesOf(3)
  const come = (count: number) => Array.from({ length: count }, (_, nth) => attemptOf(`tab-${nth}`))
  const first = come(5)
  const decided = first.map(({ attempt }) => upgrades.decide(attempt))
  t.equal(verified.length, 3)
  for (const verify of verified) verify()
  await Promise.all(decided)
  t.equal(acceptor.connections.length, 3)
  t.match(first[4]!.answers, [{ status: /^503/, headers: { 'Retry-After': '5' }, body: /"busy"/ }])
  t.equal(meter.upgradesRefused.get('busy'), 2)
  await clock.advance(334)
  for (const { attempt } of come(2)) void upgrades.decide(attempt)
  t.equal(verified.length, 4, 'one more by then')
  await clock.advance(3_600_000)
  for (const { attempt } of come(9)) void upgrades.decide(attempt)
  t.equal(verified.length, 7, 'as many as in one second after a quiet hour')
})

test('a crowd that is not let in takes no place of others', async (t) => {
  const { upgrades, verified, acceptor } = upgradesOf(2)
  const came = async (change: (attempt: UpgradeAttempt & { gone: boolean }) => void) => {
    const { attempt, answers } = attemptOf('tab-1')
    const decided = upgrades.decide(attempt)
    change(attempt)
    verified.shift()?.()
    await decided
    return answers
  }
  for (let n = 0; n < 5; n++) await came((attempt) => (attempt.gone = true))
  for (let n = 0; n < 5; n++) {
    acceptor.refuses = undefined
    t.match(await came(() => (acceptor.refuses = 'too_many_connections_of_user')), [{ body: /too_many_connections_of_user/ }])
  }
  acceptor.refuses = undefined
  const withoutToken = attemptOf('tab-2')
  Object.assign(withoutToken.attempt.request, { authorization: '' })
  for (let n = 0; n < 5; n++) await upgrades.decide(withoutToken.attempt)
  t.match(withoutToken.answers, Array(5).fill({ status: /^401/ }))
  await came(() => undefined)
  await came(() => undefined)
  t.equal(acceptor.connections.length, 2)
})
