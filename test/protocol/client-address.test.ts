import { fc } from '../support/running/seeded-properties.js'
import { test } from 'tap'
import { clientAddress, clientPath, readClientId } from '#protocol/client-address.js'

const gateway = 'wss://host/proxy/'

test('finds the client id in the address that a client connects to', async (t) => {
  const clientId = fc
    .string({ minLength: 1, maxLength: 256, unit: 'grapheme' })
    .filter((text) => !/^\.\.?$|\//.test(text) && text.length <= 256)
  const idIn = (address: string) => readClientId(new URL(address).pathname.slice(`/proxy${clientPath}`.length))
  fc.assert(fc.property(clientId, (text) => idIn(clientAddress(gateway, text)) === text))
  t.equal(clientAddress(gateway, 'tab 1'), 'wss://host/proxy/ws/tab%201')
  t.equal(readClientId('a%20b%C3%A9'), 'a bé')
})

test('refuses an id that is empty, too long, badly encoded or has a slash', async (t) => {
  for (const encoded of ['', 'a/b', 'a%2Fb', '%', '%zz', '%ff', 'x'.repeat(257), 'x'.repeat(1024)])
    t.equal(readClientId(encoded), undefined, encoded)
  t.equal(readClientId('x'.repeat(256)), 'x'.repeat(256))
})

test('refuses what holds a token, which would be logged, and nothing that only looks a little like one', async (t) => {
  t.equal(readClientId('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'), undefined)
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
    t.equal(readClientId(encodeURIComponent(holding)), undefined, holding)
    t.equal(readClientId(encodeURIComponent(encodeURIComponent(holding.replaceAll('.', '%2e')))), undefined, `${holding}, encoded twice`)
  }
  for (const id of [
    'eyJ',
    'tab-1',
    'survey.eyewitness.form',
    'keyJournalEntries.of.ann',
    '0b9a2c1e-8d6f-4c57-9f0e-2a5f5f3e7d11',
    'a@b.example',
  ])
    t.equal(readClientId(encodeURIComponent(id)), id)
  t.equal(readClientId('www.example.com'), 'www.example.com')
})
