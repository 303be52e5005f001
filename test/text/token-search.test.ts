import { test } from 'tap'
import { holdsToken, withoutTokens } from '#text/token-search.js'

const encoded = (json: string) => Buffer.from(json).toString('base64url')
const signature = 'c2lnbmF0dXJlIG9mIHRoaXJ0eS10d28gYnl0ZXMgb3Igc28'
const token = `${encoded('{"alg":"HS256"}')}.${encoded('{"sub":"ann"}')}.${signature}`

test('leaves nothing of a token, and what stands around it', async (t) => {
  t.equal(withoutTokens(`Bearer ${token} of ann`, '-'), 'Bearer - of ann')
  t.equal(withoutTokens(`id=${token}%0a`, '-'), 'id=-')
  t.equal(withoutTokens(`${token} ${token}`, '-'), '- -')
  t.equal(withoutTokens(encodeURIComponent(`?token=${token.replaceAll('.', '%2E')}`), '-'), '-')
})

test('knows a token by its header however that is written, also one that is encrypted or was cut off', async (t) => {
  for (const header of [
    '{"alg":"none"}',
    '{ "alg": "RS256", "kid": "7" }',
    '{\n  "alg": "ES256"\n}',
    '{\r\n"alg":"ES256"}',
    '{\t"alg":"EdDSA"}',
  ]) {
    t.ok(holdsToken(`${encoded(header)}.${encoded('{"sub":"ann"}')}.`), header)
    t.ok(holdsToken(`${encoded(header)}..${signature}.${signature}.${signature}`), `${header}, encrypted`)
    t.ok(holdsToken(`${encoded(header)}.${encoded('{"sub":"ann"}')}`), `${header}, without a signature`)
  }
})

test('takes no name for a token that has points and some of its letters', async (t) => {
  for (const name of [
    'order.create',
    'survey.information.form',
    'keyAdministration.events.v1',
    'eyJournalEntries.a.b',
    'example.crm.customers',
    'they-are.eye.catching',
  ])
    t.notOk(holdsToken(name), name)
})

test('takes time in proportion to the text, whatever stands in it', async (t) => {
  for (const piece of ['eya', 'eyJ.', 'eyJhbGciOi.', '%65%79', '%2565', 'eyJhbGciOi/', '.', 'a%2eeyJ', `${token}/`]) {
    const text = piece.repeat(Math.ceil(2 ** 20 / piece.length))
    const before = process.cpuUsage().user
    holdsToken(text)
    const spentMs = (process.cpuUsage().user - before) / 1000
    t.ok(spentMs < 3000, `${piece}: ${spentMs} ms for a megabyte`)
  }
})
