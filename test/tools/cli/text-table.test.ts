import { test } from 'tap'
import { textTable } from '#tools/cli/text-table.js'

test('makes columns as wide as their widest cell, and adds nothing to the last', (t) => {
  const rows = [
    ['a', 'bbb', 'c'],
    ['aa', 'b', ''],
  ]
  t.equal(textTable(rows), 'a   bbb  c\naa  b    \n')
  t.equal(textTable(rows, '  '), '  a   bbb  c\n  aa  b    \n')
  t.equal(textTable([]), '')
  t.end()
})
