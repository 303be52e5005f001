import { test } from 'tap'
import { systemClock as clock } from '#clock.js'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { Meter } from '#gateway/observe/meter.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'
import { secret, signedToken, tokenChecks } from '../../support/gateway/tokens.js'

const other = 'another secret of the tests, of more than 32 bytes'

function fixture() {
  const lines: LoggedLine[] = []
  const file = { secret }
  const keys = { kind: 'secret', secret: () => file.secret } as const
  const verifier = createTokenVerifier({ ...tokenChecks, keys }, { clock, log: recordingLog(lines), meter: new Meter() })
  const outcome = async (token: string) => {
    const verified = await verifier.verify(token)
    return typeof verified === 'string' ? verified : 'good'
  }
  const said = () => lines.filter(({ level }) => level === 'info').length
  return { file, signingSecret: verifier.signingSecret!, outcome, said }
}

test('from a change of its file on, tokens of the new secret are good, and those of the one before are not', async (t) => {
  const { file, signingSecret, outcome, said } = fixture()
  const [before, after] = [await signedToken(), await signedToken({}, Buffer.from(other))]
  t.same([await outcome(before), await outcome(after)], ['good', 'token_invalid'])
  file.secret = other
  signingSecret.changed()
  t.same([await outcome(before), await outcome(after)], ['token_invalid', 'good'])
  t.equal(said(), 1)
})

test('the length of the new secret decides by which algorithms tokens may be signed', async (t) => {
  const { file, signingSecret } = fixture()
  for (const [bytes, algorithms] of [
    [32, ['HS256']],
    [48, ['HS256', 'HS384']],
    [64, ['HS256', 'HS384', 'HS512']],
  ] as const) {
    file.secret = 'x'.repeat(bytes)
    signingSecret.changed()
    t.same(signingSecret.key.algorithms, algorithms)
  }
})

test('a file that says nothing new, or is gone for a while, changes nothing and is not said', async (t) => {
  const { signingSecret, outcome, said } = fixture()
  const token = await signedToken()
  for (const event of ['changed', 'unreadable', 'readable'] as const) signingSecret[event]()
  t.same([await outcome(token), said()], ['good', 0])
})
