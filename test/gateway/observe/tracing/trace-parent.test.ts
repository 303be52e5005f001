import { test } from 'tap'
import { sampledParentIn } from '#gateway/observe/tracing/trace-parent.js'
import { encodeHeaders, type Headers } from '#kafka/record-headers.js'
import { fc } from '../../../support/running/seeded-properties.js'
import { fuzzRuns } from '../../../support/running/fuzz-runs.js'

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
const good = `00-${traceId}-${spanId}-01`
const parentOf = (...headers: Headers) => sampledParentIn(encodeHeaders(headers))
const header = (text: string) => ['traceparent', Buffer.from(text)] as const

test('finds the sampled parent among other headers, and looks at the first one of that name', (t) => {
  const others: Headers = [
    ['traceparenT', Buffer.from('x')],
    ['__value_schema_id', null],
  ]
  t.same(parentOf(...others, header(good), header('x')), { traceId, spanId })
  t.equal(parentOf(header('x'), header(good)), undefined)
  t.equal(parentOf(...others), undefined)
  t.equal(parentOf(['traceparent', null]), undefined)
  t.equal(sampledParentIn(undefined), undefined)
  t.end()
})

const texts: [text: string, isParent: boolean][] = [
  ...['01', '03', 'ff', '0b'].map((flags): [string, boolean] => [good.replace(/01$/, flags), true]),
  ...['00', '02', 'fe', '0g', '0A', ' 1'].map((flags): [string, boolean] => [good.replace(/01$/, flags), false]),
  [good.replace(/^00/, '01'), true],
  [`${good.replace(/^00/, '01')}-more`, true],
  [`${good}more`, false],
  [good.replace(/^00/, 'ff'), false],
  [good.replace(traceId, '0'.repeat(32)), false],
  [good.replace(spanId, '0'.repeat(16)), false],
  [good.toUpperCase(), false],
  [good.replaceAll('-', '_'), false],
  [good.slice(0, -1), false],
  ['', false],
]
for (const [text, isParent] of texts) {
  test(`takes ${JSON.stringify(text)} for ${isParent ? 'a sampled parent' : 'none'}`, (t) => {
    t.same(parentOf(header(text)), isParent ? { traceId, spanId } : undefined)
    t.end()
  })
}

test('reads no byte beyond its headers, whatever stands there', (t) => {
  const bytes = fc.uint8Array({ maxLength: 80 })
  const cut = fc.nat({ max: 70 }).map((length) => encodeHeaders([header(good)])!.subarray(0, length))
  fc.assert(
    fc.property(fc.oneof(bytes, cut), (some) => {
      const buffer = Buffer.from(some)
      const parent = sampledParentIn(buffer)
      return parent === undefined || buffer.includes(`${parent.traceId}-${parent.spanId}`)
    }),
    { numRuns: fuzzRuns(2000) },
  )
  t.end()
})
