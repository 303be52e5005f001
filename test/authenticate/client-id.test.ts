import { fc } from '../support/seeded-properties.js'
import { test } from 'tap'
import { clientIdOf } from '../../src/authenticate/client-id.js'

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

test('refuses a token, which would be logged', async (t) => {
  t.equal(clientIdOf('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'), undefined)
  t.equal(clientIdOf('eyJ'), 'eyJ')
  t.equal(clientIdOf('www.example.com'), 'www.example.com')
})
