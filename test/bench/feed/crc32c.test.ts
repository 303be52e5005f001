import { test } from 'tap'
import { crc32c } from '../../../bench/feed/crc32c.js'

test("is Castagnoli's checksum", async (t) => {
  // https://reveng.sourceforge.io/crc-catalogue/17plus.htm, and https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
  t.equal(crc32c(Buffer.from('123456789')), 0xe3069283 | 0)
  t.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa | 0)
  t.equal(crc32c(Buffer.alloc(0)), 0)
})
