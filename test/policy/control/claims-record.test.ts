import { test } from 'tap'
import { claimsBytesMax, claimsFault, readClaims, writeClaims } from '#policy/control/claims-record.js'

test('claims are the members of an object, without those that tokens alone say', async (t) => {
  t.same(readClaims('{"region":"eu","teams":["a"],"none":null}'), { region: 'eu', teams: ['a'], none: null })
  t.same(readClaims('{"sub":"x","iss":"x","aud":"x","exp":1,"nbf":1,"iat":1,"jti":"x","sub.x":1,"n":{"sub":"in"}}'), {
    'sub.x': 1,
    n: { sub: 'in' },
  })
  t.same(Object.keys(readClaims('{"__proto__":{"region":"eu"},"exp":1}')!), ['__proto__'])
  t.equal((readClaims('{"__proto__":{"region":"eu"},"exp":1}') as { region?: unknown }).region, undefined)
})

test('what is no object has no claims', async (t) => {
  for (const text of ['', '{', 'null', '[]', '"eu"', '7', '['.repeat(200_000)]) t.equal(readClaims(text), undefined, text.slice(0, 9))
})

test('says why a gateway could not use claims, and reads those that it can', async (t) => {
  t.equal(claimsFault([]), 'must be an object: the claims of a user')
  t.equal(claimsFault({ region: 'eu', iat: 1 }), 'names "iat", which comes from tokens alone')
  t.match(claimsFault({ note: 'x'.repeat(claimsBytesMax) }), /^has \d+ bytes of claims, of at most 1048576$/)
  const claims = { region: 'eu', teams: ['a'], none: null }
  t.equal(claimsFault(claims), undefined)
  t.same(readClaims(writeClaims(claims)), claims)
})
