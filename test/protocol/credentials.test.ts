import { test } from 'tap'
import { subprotocols } from '#protocol/dialect.js'
import { bearerHeaders, readCredentials, subprotocolOfBrowser, subprotocolsWith, type CredentialFields } from '#protocol/credentials.js'

function credentials(fields: Partial<CredentialFields>) {
  return readCredentials({ authorization: '', query: '', subprotocols: '', ...fields })
}

test('finds the token in the header, the query or the subprotocol', async (t) => {
  t.same(credentials({ authorization: 'Bearer a.b.c' }), { token: 'a.b.c', subprotocol: undefined })
  t.same(credentials({ authorization: 'bearer  a.b.c ' }), { token: 'a.b.c', subprotocol: undefined })
  t.same(credentials({ query: 'x=1&access_token=a.b%2Ec&y' }), { token: 'a.b.c', subprotocol: undefined })
  t.same(credentials({ subprotocols: 'sluice.v1, bearer.a.b.c' }), { token: 'a.b.c', subprotocol: 'sluice.v1' })
})

test('prefers the header to the query, and the query to the subprotocol', async (t) => {
  const all = { authorization: 'Bearer header', query: 'access_token=query', subprotocols: 'bearer.protocol,sluice.v1' }
  t.match(credentials(all), { token: 'header' })
  t.match(credentials({ ...all, authorization: 'Basic dTpw' }), { token: 'query' })
  t.match(credentials({ ...all, authorization: '', query: 'access_token=' }), { token: 'protocol' })
})

test('refuses a token among the subprotocols that sluice.v1 does not stand beside', async (t) => {
  t.equal(credentials({ subprotocols: 'bearer.a.b.c' }), 'subprotocol_required')
  t.equal(credentials({ authorization: 'Bearer a', subprotocols: 'bearer.a.b.c, other' }), 'subprotocol_required')
})

test('misses a token where there is none', async (t) => {
  t.equal(credentials({}), 'token_missing')
  t.equal(credentials({ authorization: 'Bearer', query: 'access_token', subprotocols: 'sluice.v1, bearer.' }), 'token_missing')
  t.equal(credentials({ authorization: 'Bearer two words', query: '%%%=%&&&=' }), 'token_missing')
})

test('finds the token where a client puts it', async (t) => {
  t.same(credentials(bearerHeaders('a.b.c')), { token: 'a.b.c', subprotocol: undefined })
  for (const subprotocol of subprotocols) {
    const offered = subprotocolsWith('a.b.c', subprotocol)
    t.same(credentials({ subprotocols: offered.join(', ') }), { token: 'a.b.c', subprotocol })
    t.equal(offered[0], subprotocol, 'the one that the answer names comes first')
  }
})

test('knows a browser by its token among the subprotocols, where it can be answered', async (t) => {
  for (const subprotocol of subprotocols)
    t.equal(subprotocolOfBrowser({ subprotocols: subprotocolsWith('a.b.c', subprotocol).join(', ') }), subprotocol)
  t.equal(subprotocolOfBrowser({ subprotocols: 'bearer.a,sluice.v1.batch,sluice.v1' }), 'sluice.v1.batch')
  for (const offered of ['', 'sluice.v1', 'bearer.a', 'graphql-ws, bearer.a'])
    t.equal(subprotocolOfBrowser({ subprotocols: offered }), undefined)
})

test('speaks the subprotocol that it knows of those that were offered, and of several the first', async (t) => {
  const chosen = (subprotocols: string) => credentials({ authorization: 'Bearer a', subprotocols })
  t.match(chosen('graphql-ws'), { subprotocol: undefined })
  t.match(chosen('graphql-ws, sluice.v1'), { subprotocol: 'sluice.v1' })
  t.match(chosen('sluice.v1.batch,sluice.v1'), { subprotocol: 'sluice.v1.batch' })
  t.match(chosen('sluice.v1, sluice.v1.batch'), { subprotocol: 'sluice.v1' })
  t.match(credentials({ subprotocols: 'bearer.x, sluice.v1.batch' }), { token: 'x', subprotocol: 'sluice.v1.batch' })
})
