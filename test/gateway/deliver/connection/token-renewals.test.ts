import { test } from 'tap'
import { TokenRenewals } from '#gateway/deliver/connection/token-renewals.js'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import { identity } from '../../../support/gateway/connection-fixture.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const verified = { sub: 'alice', roles: ['new'], claims: { sub: 'alice' }, expiresAtMs: 1 }

test('answers later, never amid the call, with who the client is by its new token', async (t) => {
  const clock = new SimulatedClock()
  const renewals = new TokenRenewals({ verify: () => Promise.resolve(verified) }, clock)
  const outcomes: unknown[] = []
  renewals.verify('token', identity({ clientId: 'tab-2' }), (outcome) => outcomes.push(outcome))
  // All that promises do by themselves is done by then.
  await new Promise((resolve) => setImmediate(resolve))
  t.same(outcomes, [])
  await clock.settle()
  t.same(outcomes, [{ ...identity({ clientId: 'tab-2' }), ...verified }])
  t.equal(Object.keys(outcomes[0] as object).join(), 'sub,clientId,roles,claims,expiresAtMs,subprotocol', 'in the order of all identities')
})

test('verifies no more tokens at a time than its memory is meant for', async (t) => {
  const clock = new SimulatedClock()
  const waiting: ((token: VerifiedToken) => void)[] = []
  const renewals = new TokenRenewals({ verify: () => new Promise((resolve) => waiting.push(resolve)) }, clock)
  const refused: unknown[] = []
  const note = (outcome: unknown) => typeof outcome === 'string' && refused.push(outcome)
  for (let n = 0; n < 4097; n++) renewals.verify('token', identity(), note)
  await clock.settle()
  t.same([waiting.length, refused], [4096, ['keys_unavailable']])
  waiting[0]!(verified)
  await clock.settle()
  renewals.verify('token', identity(), note)
  await clock.settle()
  t.equal(waiting.length, 4097)
})
