import { generateKeyPair } from 'jose'
import { test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import type { refusalReasons } from '#gateway/observe/meter.js'
import { Meter } from '#gateway/observe/meter.js'
import { KeyServer } from '../../support/gateway/key-server.js'
import { signedToken, tokenChecks } from '../../support/gateway/tokens.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

const hour = 3_600

function fixture(options: Partial<typeof tokenChecks> = {}) {
  const [clock, meter, logged] = [new SimulatedClock(1_000_000_000), new Meter(), [] as LoggedLine[]]
  const verifier = createTokenVerifier({ ...tokenChecks, ...options }, { clock, meter, log: recordingLog(logged) })
  const exp = clock.now() / 1000 + hour
  return { clock, meter, logged, verifier, exp }
}

test('each reason is counted and told with what names the key and the issuer, never with the token', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  const pair = await generateKeyPair('RS256', { extractable: true })
  const other = await generateKeyPair('RS256')
  await server.publish({ k1: pair.publicKey })
  const { meter, logged, verifier, exp } = fixture({ keys: { kind: 'jwks', url: server.url }, issuer: 'idp', audience: 'web' })
  const good = { iss: 'idp', aud: 'web', exp }
  const [now, rs256] = [exp - hour, { alg: 'RS256', kid: 'k1' }]
  const bad: [string, string][] = [
    ['malformed', 'rubbish'],
    ['algorithm', await signedToken(good)],
    ['key_unknown', await signedToken(good, pair.privateKey, { alg: 'RS256', kid: 'k2' })],
    ['signature', await signedToken(good, other.privateKey, rs256)],
    ['issuer', await signedToken({ ...good, iss: 'another' }, pair.privateKey, rs256)],
    ['audience', await signedToken({ ...good, aud: 'another' }, pair.privateKey, rs256)],
    ['subject', await signedToken({ ...good, sub: undefined }, pair.privateKey, rs256)],
    ['no_expiry', await signedToken({ ...good, exp: undefined }, pair.privateKey, rs256)],
    ['claims', await signedToken({ ...good, nbf: 'later' }, pair.privateKey, rs256)],
    ['expired', await signedToken({ ...good, exp: now - 1 }, pair.privateKey, rs256)],
    ['not_active', await signedToken({ ...good, nbf: now + 1 }, pair.privateKey, rs256)],
  ]
  for (const [reason, token] of bad) {
    await verifier.verify(token)
    const { level, fields, message } = logged.at(-1)!
    t.match({ level, fields, message }, { level: 'warn', fields: { reason }, message: 'A token is refused: ' })
    if (reason !== 'malformed')
      t.match(fields, { alg: reason === 'algorithm' ? 'HS256' : 'RS256', iss: reason === 'issuer' ? 'another' : 'idp' })
    for (const part of token.split('.').filter(({ length }) => length > 20)) t.notMatch(JSON.stringify(logged), part)
    t.equal(meter.tokensRefused.get(reason as (typeof refusalReasons)[number]), 1, reason)
  }
  server.answer = { status: 500, body: '' }
  const away = fixture({ keys: { kind: 'jwks', url: server.url } })
  t.equal(await away.verifier.verify(await signedToken({ exp }, pair.privateKey, rs256)), 'keys_unavailable')
  t.same([...away.meter.tokensRefused.keys()], ['keys_unavailable'])
})

test('a key that cannot be used is told with its fault', async (t) => {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  server.answer = { status: 200, body: JSON.stringify({ keys: [{ kty: 'RSA', kid: 'k1', n: 'AQAB', e: 'AQAB' }] }) }
  const { meter, logged, verifier, exp } = fixture({ keys: { kind: 'jwks', url: server.url } })
  const { privateKey } = await generateKeyPair('RS256')
  t.equal(await verifier.verify(await signedToken({ exp }, privateKey, { alg: 'RS256', kid: 'k1' })), 'keys_unavailable')
  t.same([...meter.tokensRefused.keys()], ['key_unusable'])
  t.ok(logged.at(-1)!.fields['err'])
})

test('of one reason ten lines are logged a minute, and what strangers write is cut short', async (t) => {
  const { clock, meter, logged, verifier, exp } = fixture()
  const token = await signedToken({ exp, iss: 'i'.repeat(5_000) }, Buffer.from('another secret of at least 32 bytes!'))
  for (let n = 0; n < 50; n++) await verifier.verify(token)
  t.equal(logged.length, 11)
  t.match(logged[10]!.message, 'More of this minute are counted only.')
  t.equal((logged[0]!.fields['iss'] as string).length, 200)
  t.equal(meter.tokensRefused.get('signature'), 50)
  await verifier.verify('rubbish')
  t.equal(logged.length, 12, 'another reason has lines of its own')
  await clock.advance(60_000)
  await verifier.verify(token)
  t.equal(logged.length, 13)
})

test('what leaves users of good tokens without roles is told once of each issuer', async (t) => {
  const { logged, verifier, exp } = fixture({ rolesClaims: ['groups'] })
  const entra = { exp, _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } }
  for (const iss of ['one', 'two', 'one']) t.match(await verifier.verify(await signedToken({ ...entra, iss })), { roles: [] })
  t.same(
    logged.map(({ level, fields }) => [level, fields]),
    [
      ['warn', { iss: 'one', claims: ['groups'] }],
      ['warn', { iss: 'two', claims: ['groups'] }],
    ],
  )
  await verifier.verify(await signedToken({ exp, iss: 'three', hasgroups: true }))
  t.match(logged.at(-1), { fields: { iss: 'three', claims: ['groups'] } })
  for (const groups of [[], ['a'], undefined, undefined]) await verifier.verify(await signedToken({ exp, iss: 'four', groups }))
  t.same(
    logged.slice(-1).map(({ fields }) => fields),
    [{ iss: 'four', roles_claims: ['groups'] }],
  )
})
