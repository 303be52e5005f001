import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { clientIdOf } from '#gateway/authenticate/client-id.js'

test('decodes what was encoded', async (t) => {
  const clientId = fc.string({ minLength: 1, maxLength: 256, unit: 'grapheme' }).filter((text) => !text.includes('/') && text.length <= 256)
  fc.assert(fc.property(clientId, (text) => clientIdOf(encodeURIComponent(text)) === text))
  t.equal(clientIdOf('a%20b%C3%A9'), 'a bé')
})

test('refuses an id that is empty, too long, badly encoded or has a slash', async (t) => {
  for (const encoded of ['', 'a/b', 'a%2Fb', '%', '%zz', '%ff', 'x'.repeat(257), 'x'.repeat(1024)])
    t.equal(clientIdOf(encoded), undefined, encoded)
  t.equal(clientIdOf('x'.repeat(256)), 'x'.repeat(256))
})

test('refuses what holds a token, which would be logged, and nothing that only looks a little like one', async (t) => {
  t.equal(clientIdOf('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'), undefined)
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'
  for (const holding of [
    `Bearer ${token}`,
    `token=${token}`,
    `${token}\n`,
    `x${token}y`,
    `a.${token}.b`,
    token.toLowerCase(),
    token.toUpperCase(),
  ]) {
    t.equal(clientIdOf(encodeURIComponent(holding)), undefined, holding)
    t.equal(clientIdOf(encodeURIComponent(encodeURIComponent(holding.replaceAll('.', '%2e')))), undefined, `${holding}, encoded twice`)
  }
  for (const id of [
    'eyJ',
    'tab-1',
    'survey.eyewitness.form',
    'keyJournalEntries.of.ann',
    '0b9a2c1e-8d6f-4c57-9f0e-2a5f5f3e7d11',
    'a@b.example',
  ])
    t.equal(clientIdOf(encodeURIComponent(id)), id)
  t.equal(clientIdOf('www.example.com'), 'www.example.com')
})
