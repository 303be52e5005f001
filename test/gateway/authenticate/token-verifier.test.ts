import { exportSPKI, generateKeyPair, UnsecuredJWT, type CryptoKey } from 'jose'
import { test, type Test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { Meter } from '#gateway/observe/meter.js'
import type { AuthConfig } from '#config/config.js'
import { systemClock } from '#clock.js'
import { ConfigurationError } from '#errors.js'
import { KeyServer } from '../../support/gateway/key-server.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { secret, signedToken, tokenChecks } from '../../support/gateway/tokens.js'

/** What verifiers of these tests count and log. */
const noted = () => ({ meter: new Meter(), log: new SilentLog() })

function secretVerifier(options: Partial<AuthConfig> = {}, clock = systemClock, { meter, log } = noted()) {
  return createTokenVerifier({ ...tokenChecks, ...options }, { clock, log, meter })
}

async function keyServer(t: Test) {
  const server = await KeyServer.start()
  t.teardown(() => server.stop())
  return server
}

function jwksVerifier(url: URL, clock = systemClock, { meter, log } = noted()) {
  return createTokenVerifier({ ...tokenChecks, keys: { kind: 'jwks', url } }, { clock, log, meter })
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
  const claims = [{ sub: undefined }, { sub: '' }, { sub: 7.5 }, { sub: 2 ** 53 }, { sub: {} }, { exp: undefined }, { exp: 'tomorrow' }]
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

test('takes a token that names no audience for the client that it was made for', async (t) => {
  const verifier = secretVerifier({ audience: 'web' })
  const good = [{ client_id: 'web' }, { azp: 'web' }, { client_id: 'web', azp: 'other' }, { aud: 'web', client_id: 'other' }]
  for (const claims of good) t.match(await verifier.verify(await signedToken(claims)), { sub: 'user' }, JSON.stringify(claims))
  const others = [{}, { client_id: 'other' }, { client_id: 'other', azp: 'web' }, { client_id: ['web'] }, { azp: 'web.evil' }]
  const withAudience = [
    { aud: 'other', client_id: 'web' },
    { aud: [], azp: 'web' },
    { aud: null, azp: 'web' },
    { aud: 7, azp: 'web' },
  ]
  for (const claims of [...others, ...withAudience])
    t.equal(await verifier.verify(await signedToken(claims)), 'token_invalid', JSON.stringify(claims))
})

const issuers: Record<string, [options: Partial<AuthConfig>, claims: Record<string, unknown>, expected: { sub: string; roles: string[] }]> =
  {
    Keycloak: [
      { rolesClaims: ['realm_access.roles', 'resource_access.web.shop.roles'], subClaim: 'sid', audience: 'web.shop' },
      {
        ...{ sub: undefined, sid: 'f02e', azp: 'web.shop', realm_access: { roles: ['viewer'] } },
        resource_access: { web: { shop: { roles: ['admin'] } }, 'web.shop': { roles: ['clerk'] } },
      },
      { sub: 'f02e', roles: ['viewer', 'clerk'] },
    ],
    Cognito: [
      { rolesClaims: ['cognito:groups'], audience: '7example' },
      { sub: 'amy', client_id: '7example', token_use: 'access', 'cognito:groups': ['clerk'] },
      { sub: 'amy', roles: ['clerk'] },
    ],
    Entra: [
      { rolesClaims: ['roles'], subClaim: 'oid', audience: 'api://shop' },
      { sub: 'pairwise', oid: '0000-amy', aud: 'api://shop', roles: ['clerk'], scp: 'orders.read' },
      { sub: '0000-amy', roles: ['clerk'] },
    ],
    Auth0: [
      { rolesClaims: ['https://shop.example/roles', 'scope'], audience: 'https://api.shop.example' },
      {
        sub: 'auth0|amy',
        aud: ['https://api.shop.example', 'https://userinfo'],
        'https://shop.example/roles': 'clerk',
        scope: 'openid orders.read',
      },
      { sub: 'auth0|amy', roles: ['clerk', 'openid', 'orders.read'] },
    ],
    Hasura: [
      { rolesClaims: ['https://hasura.io/jwt/claims.x-hasura-allowed-roles'] },
      { sub: 'amy', 'https://hasura.io/jwt/claims': { 'x-hasura-allowed-roles': ['clerk'] } },
      { sub: 'amy', roles: ['clerk'] },
    ],
  }
for (const [issuer, [options, claims, expected]] of Object.entries(issuers))
  test(`takes a token as ${issuer} makes it`, async (t) => {
    t.match(await secretVerifier(options).verify(await signedToken(claims)), expected)
  })

test('knows somebody by the claim that says who it is, also by a number', async (t) => {
  const verifier = secretVerifier({ subClaim: 'user.id' })
  const claims = { sub: 'client-7', user: { id: 90071992547 } }
  t.match(await verifier.verify(await signedToken(claims)), { sub: '90071992547', claims: { sub: 'client-7' } })
  t.match(await verifier.verify(await signedToken({ sub: undefined, 'user.id': 'ann' })), { sub: 'ann' })
  for (const user of [undefined, {}, { id: '' }, { id: 2 ** 53 }, { id: 0.5 }, { id: ['ann'] }, [{ id: 'ann' }]])
    t.equal(await verifier.verify(await signedToken({ user })), 'token_invalid', JSON.stringify(user))
})

test('takes tokens of clocks that are a little ahead or behind, for as long', async (t) => {
  const token = await signedToken({ nbf: 1000, exp: 2000 })
  const at = (ms: number) => secretVerifier({ clockToleranceSeconds: 5 }, { ...systemClock, now: () => ms }).verify(token)
  t.equal(await at(994_000), 'token_not_active')
  t.match(await at(995_000), { expiresAtMs: 2_005_000 })
  t.match(await at(2_004_999), { sub: 'user' })
  t.equal(await at(2_005_000), 'token_expired')
})

test('refuses to start with a secret that is too short', async (t) => {
  t.throws(() => secretVerifier({ keys: { kind: 'secret', secret: 'x'.repeat(31) } }), ConfigurationError)
  t.doesNotThrow(() => secretVerifier({ keys: { kind: 'secret', secret: 'é'.repeat(16) } }))
})

test('takes the algorithms of HMAC for which the secret is long enough', async (t) => {
  for (const [bytes, good] of [
    [32, ['HS256']],
    [48, ['HS256', 'HS384']],
    [64, ['HS256', 'HS384', 'HS512']],
  ] as const) {
    const long = 's'.repeat(bytes)
    const verifier = secretVerifier({ keys: { kind: 'secret', secret: long } })
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const outcome = await verifier.verify(await signedToken({}, Buffer.from(long), { alg }))
      t.equal(
        typeof outcome === 'object',
        good.some((one) => one === alg),
        `${alg} with ${bytes} bytes`,
      )
    }
  }
})

for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']) {
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

test('takes EdDSA for Ed25519, whichever of the names the key and the token have', async (t) => {
  const [server, pair] = [await keyServer(t), await generateKeyPair('EdDSA', { extractable: true })]
  for (const marked of ['EdDSA', 'Ed25519']) {
    await server.publish({ current: pair.publicKey }, marked)
    for (const alg of ['EdDSA', 'Ed25519'])
      t.match(await jwksVerifier(server.url).verify(await signedToken({}, pair.privateKey, { alg, kid: 'current' })), { sub: 'user' }, alg)
  }
  const rsa = await generateKeyPair('RS256', { extractable: true })
  await server.publish({ current: rsa.publicKey }, 'RS256')
  const token = await signedToken({}, (await generateKeyPair('PS256')).privateKey, { alg: 'PS256', kid: 'current' })
  t.equal(await jwksVerifier(server.url).verify(token), 'token_invalid', 'a key that is marked signs by that alone')
})

test('tries each key that fits a token which names none, within a bound', async (t) => {
  const server = await keyServer(t)
  const pairs = await Promise.all(Array.from({ length: 12 }, () => generateKeyPair('ES256', { extractable: true })))
  await server.publish(Object.fromEntries(pairs.map(({ publicKey }, n) => [`key-${n}`, publicKey])))
  const context = noted()
  const verifier = jwksVerifier(server.url, systemClock, context)
  const by = async (key: CryptoKey) => verifier.verify(await signedToken({}, key, { alg: 'ES256' }))
  for (const { privateKey } of pairs.slice(0, 8)) t.match(await by(privateKey), { sub: 'user' })
  t.equal(await by(pairs[8]!.privateKey), 'token_invalid')
  t.same([...context.meter.tokensRefused], [['key_ambiguous', 1]])
  await server.publish({ one: pairs[0]!.publicKey, two: pairs[1]!.publicKey })
  const few = jwksVerifier(server.url, systemClock, context)
  t.equal(await few.verify(await signedToken({}, pairs[2]!.privateKey, { alg: 'ES256' })), 'token_invalid')
  t.equal(await few.verify(await signedToken({ exp: 1 }, pairs[1]!.privateKey, { alg: 'ES256' })), 'token_expired')
  t.same([...context.meter.tokensRefused.keys()], ['key_ambiguous', 'signature', 'expired'])
})

test('a key that cannot be used does not keep a token from the others', async (t) => {
  const server = await keyServer(t)
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }
  const short = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify'])
  const good = await generateKeyPair('RS256', { extractable: true })
  await server.publish({ short: short.publicKey, good: good.publicKey }, 'RS256')
  const verifier = jwksVerifier(server.url)
  t.match(await verifier.verify(await signedToken({}, good.privateKey, { alg: 'RS256' })), { sub: 'user' })
  const stranger = await generateKeyPair('RS256')
  t.equal(await verifier.verify(await signedToken({}, stranger.privateKey, { alg: 'RS256' })), 'token_invalid')
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
