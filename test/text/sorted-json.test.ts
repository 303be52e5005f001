import { test } from 'tap'
import { sortedJson } from '#text/sorted-json.js'

test('members stand in one order at every level, and lists in theirs', async (t) => {
  t.equal(sortedJson({ b: [{ d: 1, c: 2 }, 'x'], a: { f: null, e: {} } }), '{"a":{"e":{},"f":null},"b":[{"c":2,"d":1},"x"]}')
  t.equal(sortedJson(JSON.parse('{"b":1,"__proto__":2,"10":3,"9":4}')), sortedJson(JSON.parse('{"9":4,"10":3,"__proto__":2,"b":1}')))
  t.match(sortedJson(JSON.parse('{"__proto__":2}')), '__proto__')
  t.equal(sortedJson({ at: new Date(0), no: undefined }), '{"at":"1970-01-01T00:00:00.000Z"}')
})
