import { test } from 'tap'
import { personOf, type TokenReading } from '#console/token-person.js'

const reading: TokenReading = { issuer: undefined, rolesClaims: ['roles'], subClaim: 'sub', clockToleranceSeconds: 5 }
const nowMs = 1_000_000_000_000
const now = nowMs / 1000
const good = { sub: 'ann', roles: ['support'], exp: now + 60 }

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (claims: unknown) => `${part({ alg: 'HS256' })}.${part(claims)}.${'s'.repeat(43)}`
const read = (claims: unknown, changes: Partial<TokenReading> = {}) => personOf(tokenOf(claims), { ...reading, ...changes }, nowMs)

test('says whose a token is and which roles it names, as the gateway reads them', async (t) => {
  t.same(read(good), { sub: 'ann', roles: ['support'] })
  t.same(read({ ...good, sub: 7 }), { sub: '7', roles: ['support'] })
  t.same(read({ uid: 'u', exp: now + 1, realm_access: { roles: ['a', 'b'] } }, { subClaim: 'uid', rolesClaims: ['realm_access.roles'] }), {
    sub: 'u',
    roles: ['a', 'b'],
  })
  t.same(read({ ...good, roles: undefined }), { sub: 'ann', roles: [] })
  t.same(read({ ...good, roles: ['support', 7] }), { sub: 'ann', roles: [] })
  t.same(read({ ...good, exp: now - 4 }), { sub: 'ann', roles: ['support'] })
})

test('says in one sentence why the gateway will refuse a token, and quotes nothing of it', async (t) => {
  const wrong: readonly (readonly [unknown, RegExp, Partial<TokenReading>?])[] = [
    [{ ...good, exp: now - 5 }, /This token has expired/],
    [{ ...good, exp: undefined }, /never ends/],
    [{ ...good, exp: 'S3cret' }, /never ends/],
    [{ ...good, nbf: now + 6 }, /not valid yet/],
    [{ ...good, iss: 'S3cret' }, /of another issuer/, { issuer: 'https://login.example' }],
    [good, /of another issuer/, { issuer: 'https://login.example' }],
    [{ ...good, sub: '' }, /does not say whose it is/],
    [{ ...good, sub: { S3cret: 1 } }, /does not say whose it is/],
    [good, /no claim .*uid/, { subClaim: 'uid' }],
  ]
  for (const [claims, sentence, changes] of wrong) {
    const told = JSON.stringify(read(claims, changes))
    t.match(told, sentence)
    t.notMatch(told, /S3cret/)
  }
})

test('a text that is no token is told to be none, however long', async (t) => {
  for (const text of [
    '',
    'S3cret',
    'a.b.c',
    '..',
    `${part({})}.${part([good])}.x`,
    `${part({})}.${part('S3cret')}.x`,
    `${part({})}.bm8.x`,
    '\0.\0.\0',
  ])
    t.match(personOf(text, reading, nowMs), /^This is no token: /, text)
  t.match(personOf('S3cret.'.repeat(15_000), reading, nowMs), /^This token has 105000 characters; the gateway takes 15000 at most\.$/)
  t.match(personOf(tokenOf({ ...good, more: 'x'.repeat(100_000) }), reading, nowMs), /^This token has \d+ characters/)
})
