import { test } from 'tap'
import { murmur2 } from '#kafka/murmur2.js'

void test('murmur2 agrees with the test values of Kafka’s Java client', (t) => {
  // https://github.com/apache/kafka/blob/trunk/clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java
  const cases = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536, 'a-little-bit-longer-string': -1486304829 }
  for (const [text, hash] of Object.entries(cases)) t.equal(murmur2(Buffer.from(text)), hash, text)
  t.equal(murmur2(Buffer.from('abc')), 479470107)
  t.equal(murmur2(Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8')), -58897971)
  t.end()
})
