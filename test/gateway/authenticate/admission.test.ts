import { test } from 'tap'
import { Admission, type UpgradeRequest } from '#gateway/authenticate/admission.js'
import type { TokenVerifier } from '#gateway/authenticate/token-verifier.js'

const verified = { sub: 'user', roles: ['role'], claims: { sub: 'user' }, expiresAtMs: 1 }
const verifier: TokenVerifier = { verify: async (token) => (token === 'good' ? verified : 'token_invalid') }
const good: UpgradeRequest = { encodedClientId: 'c', origin: '', authorization: 'Bearer good', query: '', subprotocols: 'sluice.v1' }

test('says who is at the other end', async (t) => {
  t.same(await new Admission(verifier, []).identify(good), { ...verified, clientId: 'c', subprotocol: 'sluice.v1' })
})

test('hands on why a request is refused', async (t) => {
  const admission = new Admission(verifier, [])
  t.equal(await admission.identify({ ...good, encodedClientId: '%' }), 'client_id_invalid')
  t.equal(await admission.identify({ ...good, authorization: '' }), 'token_missing')
  t.equal(await admission.identify({ ...good, authorization: 'Bearer bad' }), 'token_invalid')
})

test('refuses an origin that is not on the list', async (t) => {
  const admission = new Admission(verifier, ['https://app.example.com'])
  for (const origin of ['https://evil.example.com', 'null', 'https://app.example.com.evil.com', 'http://app.example.com']) {
    t.equal(await admission.identify({ ...good, origin }), 'origin_forbidden', origin)
  }
  for (const origin of ['', 'https://app.example.com', 'https://APP.example.com']) {
    t.match(await admission.identify({ ...good, origin }), { sub: 'user' }, origin)
  }
})

test('takes any origin where there is no list', async (t) => {
  t.match(await new Admission(verifier, []).identify({ ...good, origin: 'https://anywhere.example' }), { sub: 'user' })
})
