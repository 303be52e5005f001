import { test } from 'tap'
import { JsonLines } from '#text/json-lines.js'

test('finds the line of a value, or of the nearest around it', (t) => {
  const lines = new JsonLines('{\n  "roles": {\n    "support": [\n      { "fields": [\n "id", "x"] }\n    ]\n  }\n}\n')
  t.equal(lines.of(['roles']), 2)
  t.equal(lines.of(['roles', 'support', 0]), 4)
  t.equal(lines.of(['roles', 'support', 0, 'fields', 1]), 5)
  t.equal(lines.of(['roles', 'support', 0, 'conditions', 'a']), 4)
  t.equal(lines.of([]), 1)
  t.equal(new JsonLines('').of(['a']), 1)
  t.end()
})
