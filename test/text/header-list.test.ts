import { test } from 'tap'
import { headersIn } from '#text/header-list.js'

test('reads headers as OpenTelemetry lists them', (t) => {
  t.same(headersIn('api-key=abc, x-tenant = a%20b%2Cc ,authorization=Basic YTpi=='), {
    'api-key': 'abc',
    'x-tenant': 'a b,c',
    authorization: 'Basic YTpi==',
  })
  t.end()
})

test('leaves out what is no pair, and takes a value as it stands that is not percent-encoded', (t) => {
  t.same(headersIn(''), {})
  t.same(headersIn(',,odd,=x, a=%zz,b='), { a: '%zz', b: '' })
  t.end()
})
