import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import { exactJson } from '#text/exact-json.js'
import { leafTextsOf } from '#tools/cli/tail/leaf-texts.js'

function leaves(data: string): Record<string, string> {
  return Object.fromEntries(leafTextsOf(exactJson(data) as object))
}

test('names nested values by their path', async (t) => {
  t.same(leaves('{"address":{"city":"Berlin","geo":{"lat":1.5}},"items":[{"sku":"A"},{"sku":null}]}'), {
    'address.city': '"Berlin"',
    'address.geo.lat': '1.5',
    'items[0].sku': '"A"',
    'items[1].sku': 'null',
  })
})

test('keeps every digit of a number', async (t) => {
  t.same(leaves('{"long":1152921504606846977,"small":-0.1,"big":1.5e+300}'), {
    long: '1152921504606846977',
    small: '-0.1',
    big: '1.5e+300',
  })
})

test('does not take a string for a number, whatever it begins with', async (t) => {
  t.same(leaves('{"a":"#1","b":"=1","c":"1 \\"2\\" 3","d":true}'), { a: '"#1"', b: '"=1"', c: '"1 \\"2\\" 3"', d: 'true' })
})

test('keeps a key with a dot apart from two steps', async (t) => {
  t.same(leaves('{"a.b":1,"a":{"b":2}}'), { '["a.b"]': '1', 'a.b': '2' })
})

test('shows that a container is empty, and nothing for an entity without data', async (t) => {
  t.same(leaves('{"tags":[],"by":{"x":{}}}'), { tags: '[]', 'by.x': '{}' })
  t.same(leaves('{}'), {})
})

test('reads the same strings and booleans as JSON.parse does, under any key', async () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), value), (data) => {
      const read = [...leafTextsOf(data).values()].map((text) => JSON.parse(text) as unknown)
      return JSON.stringify(read) === JSON.stringify(Object.values(data))
    }),
  )
})
