import { test } from 'tap'
import { comparisonText } from '#tools/policy/comparison-text.js'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'

test('writes values as conditions compare them', (t) => {
  t.equal(comparisonText(new Exact(1000n, 2)), '10.00')
  t.equal(comparisonText(new Instant(1_700_000_000_120_000_000n)), '2023-11-14T22:13:20.12Z')
  t.equal(comparisonText(new Instant(0n)), '1970-01-01T00:00:00Z')
  t.equal(comparisonText(['a', 1, null, undefined]), '["a", 1, null, not there]')
  t.equal(comparisonText({ a: 1 }), 'an object')
  t.equal(comparisonText([[1], { a: 1 }]), '[a list, an object]')
  t.equal(comparisonText(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)), '[a list]', 'however deep claims are nested')
  t.equal(comparisonText('x'.repeat(100)).length, 81)
  t.end()
})
