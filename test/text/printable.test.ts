import { fc } from '../support/running/seeded-properties.js'
import { test } from 'tap'
import { printable } from '#text/printable.js'

test('leaves nothing that a terminal would obey', async (t) => {
  t.equal(printable('a\u001b[2Jb\u009b1mc\r\n\u202ed\u007f ä €'), 'a\\u001b[2Jb\\u009b1mc\\u000d\\u000a\\u202ed\\u007f ä €')
})

test('keeps any JSON on its line without changing its value', async () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const line = printable(JSON.stringify(value))
      return !/[\r\n\u2028\u2029\u0080-\u009f]/.test(line) && JSON.stringify(JSON.parse(line)) === JSON.stringify(value)
    }),
  )
})
