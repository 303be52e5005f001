import { test } from 'tap'
import { ContentHash } from '#gateway/control/content-hash.js'

const hashOf = (...entries: readonly (readonly [string, string])[]) => {
  const contents = new ContentHash()
  for (const [key, value] of entries) contents.toggle(key, value)
  return contents.toString()
}

test('the hash of a content tells it from others, and not the way in which it came about', async (t) => {
  t.equal(hashOf(), '0'.repeat(16))
  t.equal(hashOf(['a', '1'], ['b', '2']), hashOf(['b', '2'], ['a', '1']))
  t.equal(hashOf(['a', '1'], ['b', '2'], ['a', '1']), hashOf(['b', '2']))
  const hashes = [hashOf(), hashOf(['a', '1']), hashOf(['a', '2']), hashOf(['a1', '']), hashOf(['', 'a1']), hashOf(['a', '1'], ['b', '2'])]
  t.equal(new Set(hashes).size, hashes.length)
  for (const one of hashes) t.match(one, /^[0-9a-f]{16}$/)
})
