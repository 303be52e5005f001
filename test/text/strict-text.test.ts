import { test } from 'tap'
import { strictText } from '#text/strict-text.js'

test('bytes that are no UTF-8 have no text', async (t) => {
  t.equal(strictText(Buffer.from('Grüße')), 'Grüße')
  t.equal(strictText(Buffer.alloc(0)), '')
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80]]) t.equal(strictText(Buffer.from(bytes)), undefined)
})
