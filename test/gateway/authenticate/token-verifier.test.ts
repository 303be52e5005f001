import { exportSPKI, generateKeyPair, UnsecuredJWT } from 'jose'
import { test, type Test } from 'tap'
import { createTokenVerifier, type TokenVerifierOptions } from '#gateway/authenticate/token-verifier.js'
import { systemClock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import { KeyServer } from '../../support/gateway/key-server.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { secret, signedToken } from '../../support/gateway/tokens.js'

function secretVerifier(options: Partial<TokenVerifierOptions> = {}, clock = systemClock) {
  return createTokenVerifier({ keys: { kind: 'secret', secret }, rolesClaim: 'roles', ...options }, { clock, log: new SilentLog() })
}

async function keyServer(t: Test) {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  return server
}

function jwksVerifier(url: URL, clock = systemClock) {
  return createTokenVerifier({ keys: { kind: 'jwks', url }, rolesClaim: 'roles' }, { clock, log: new SilentLog() })
}

const seconds = () => Math.floor(Date.now() / 1000)

test('says what a good token says', async (t) => {
  const exp = seconds() + 60
  const token = await signedToken({ sub: 'ann', exp, roles: ['support'], region: 'eu' })
  const expected = {
    sub: 'ann',
    roles: ['support'],
    expiresAtMs: exp * 1000,
    claims: { sub: 'ann', exp, roles: ['support'], region: 'eu' },
  }
  t.same(await secretVerifier().verify(token), expected)
})

test('refuses tokens that are no tokens', async (t) => {
  for (const token of ['', 'x', 'a.b.c', '..', 'e30.e30.', '\u0000', 'x'.repeat(6000)]) {
    t.equal(await secretVerifier().verify(token), 'token_invalid', JSON.stringify(token.slice(0, 10)))
  }
})

test('refuses a token that is unsigned, changed or signed with another key', async (t) => {
  const unsigned = new UnsecuredJWT({ sub: 'user' }).setExpirationTime('1h').encode()
  t.equal(await secretVerifier().verify(unsigned), 'token_invalid')
  t.equal(await secretVerifier().verify(await signedToken({}, Buffer.from(`another ${secret}`))), 'token_invalid')
  const [header, , signature] = (await signedToken()).split('.')
  const forged = Buffer.from(JSON.stringify({ sub: 'admin', exp: seconds() + 60 })).toString('base64url')
  t.equal(await secretVerifier().verify([header, forged, signature].join('.')), 'token_invalid')
})

test('refuses a token without a user or an end', async (t) => {
  const claims = [{ sub: undefined }, { sub: '' }, { sub: 7 }, { sub: {} }, { exp: undefined }, { exp: 'tomorrow' }]
  for (const wrong of claims) t.equal(await secretVerifier().verify(await signedToken(wrong)), 'token_invalid', JSON.stringify(wrong))
})

test('tells an expired token from one that is not valid yet, to the second of the given clock', async (t) => {
  const token = await signedToken({ nbf: 1000, exp: 2000 })
  const at = (ms: number) => secretVerifier({}, { ...systemClock, now: () => ms }).verify(token)
  t.equal(await at(999_000), 'token_not_active')
  t.match(await at(1_000_000), { sub: 'user' })
  t.match(await at(1_999_999), { sub: 'user' })
  t.equal(await at(2_000_000), 'token_expired')
  t.equal(await secretVerifier().verify(await signedToken({ nbf: 'later' })), 'token_invalid')
})

test('takes an end in the far future for a date that can be', async (t) => {
  t.match(await secretVerifier().verify(await signedToken({ exp: 1e306 })), { expiresAtMs: Number.MAX_SAFE_INTEGER })
})

test('checks issuer and audience where they are configured', async (t) => {
  const verifier = secretVerifier({ issuer: 'issuer', audience: 'sluice' })
  t.match(await verifier.verify(await signedToken({ iss: 'issuer', aud: ['other', 'sluice'] })), { sub: 'user' })
  for (const claims of [{ iss: 'issuer' }, { aud: 'sluice' }, { iss: 'x', aud: 'sluice' }, { iss: 'issuer', aud: 'x' }]) {
    t.equal(await verifier.verify(await signedToken(claims)), 'token_invalid', JSON.stringify(claims))
  }
  t.match(await secretVerifier().verify(await signedToken({ iss: 'any', aud: 'any' })), { sub: 'user' })
})

test('refuses to start with a secret that is too short', async (t) => {
  t.throws(() => secretVerifier({ keys: { kind: 'secret', secret: 'x'.repeat(31) } }), ConfigurationError)
  t.doesNotThrow(() => secretVerifier({ keys: { kind: 'secret', secret: 'é'.repeat(16) } }))
})

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  test(`takes a token signed by ${alg} with a key of the key server`, async (t) => {
    const [server, pair, other] = [await keyServer(t), await generateKeyPair(alg), await generateKeyPair(alg)]
    await server.publish({ current: pair.publicKey })
    const verifier = jwksVerifier(server.url)
    t.match(await verifier.verify(await signedToken({}, pair.privateKey, { alg, kid: 'current' })), { sub: 'user' })
    t.equal(await verifier.verify(await signedToken({}, other.privateKey, { alg, kid: 'current' })), 'token_invalid')
    t.equal(server.requests, 1, 'keys are kept')
  })
}

test('refuses a token that is signed with the public key as if that were a secret', async (t) => {
  const [server, pair] = [await keyServer(t), await generateKeyPair('RS256', { extractable: true })]
  await server.publish({ current: pair.publicKey })
  const publicKeyText = Buffer.from(await exportSPKI(pair.publicKey))
  const token = await signedToken({}, publicKeyText, { alg: 'HS256', kid: 'current' })
  t.equal(await jwksVerifier(server.url).verify(token), 'token_invalid')
})

test('refuses a token of another kind of keys than those that are configured', async (t) => {
  const pair = await generateKeyPair('RS256')
  t.equal(await secretVerifier().verify(await signedToken({}, pair.privateKey, { alg: 'RS256' })), 'token_invalid')
  t.equal(await secretVerifier().verify(await signedToken({}, Buffer.from(secret), { alg: 'HS512' })), 'token_invalid')
})

test('asks the key server once for many tokens with made-up key ids', async (t) => {
  const [server, pair] = [await keyServer(t), await generateKeyPair('ES256')]
  await server.publish({ current: pair.publicKey })
  const verifier = jwksVerifier(server.url)
  for (let i = 0; i < 20; i++) {
    t.equal(await verifier.verify(await signedToken({}, pair.privateKey, { alg: 'ES256', kid: `made-up-${i}` })), 'token_invalid')
  }
  t.equal(server.requests, 1)
})

test('fetches the keys again for a key id that is unknown, once the cooldown is over', async (t) => {
  const [server, oldPair, newPair] = [await keyServer(t), await generateKeyPair('ES256'), await generateKeyPair('ES256')]
  await server.publish({ old: oldPair.publicKey })
  const verifier = jwksVerifier(server.url)
  t.match(await verifier.verify(await signedToken({}, oldPair.privateKey, { alg: 'ES256', kid: 'old' })), { sub: 'user' })
  await server.publish({ new: newPair.publicKey })
  const token = await signedToken({}, newPair.privateKey, { alg: 'ES256', kid: 'new' })
  t.equal(await verifier.verify(token), 'token_invalid')
  // The library measures its cooldown by the system's clock.
  const { now } = Date
  t.teardown(() => void (Date.now = now))
  Date.now = () => now() + 31_000
  t.match(await verifier.verify(token), { sub: 'user' })
  t.equal(server.requests, 2)
})

test('tells keys that cannot be had from a bad token', async (t) => {
  const [server, pair] = [await keyServer(t), await generateKeyPair('ES256')]
  const token = await signedToken({}, pair.privateKey, { alg: 'ES256', kid: 'current' })
  for (const answer of [
    { status: 500, body: 'broken' },
    { status: 302, body: '' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{}' },
    { status: 200, body: '{"keys":[null]}' },
  ]) {
    server.answer = answer
    t.equal(await jwksVerifier(server.url).verify(token), 'keys_unavailable', JSON.stringify(answer))
  }
  const { url } = server
  server.stop()
  t.equal(await jwksVerifier(url).verify(token), 'keys_unavailable')
})
