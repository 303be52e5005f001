import { test } from 'tap'
import { encodeHeaders, type Headers, visitHeaders } from '#kafka/record-headers.js'
import { fc } from '../support/running/seeded-properties.js'

function read(bytes: Buffer | undefined): Headers {
  const found: (readonly [string, Buffer | null])[] = []
  if (bytes === undefined) return found
  visitHeaders(bytes, (nameStart, nameEnd, valueStart, valueEnd) => {
    found.push([bytes.toString('utf8', nameStart, nameEnd), bytes.subarray(valueStart, valueEnd)])
    return true
  })
  return found
}

test('walks over what was written, whatever the names and lengths', async () => {
  const value = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 100 }), value), { maxLength: 5 }), (headers) => {
      const expected = headers.map(([name, bytes]) => [name, bytes ?? Buffer.alloc(0)])
      if (JSON.stringify(read(encodeHeaders(headers))) !== JSON.stringify(expected)) throw new Error(JSON.stringify(headers))
    }),
  )
})

test('ends on bytes that are no headers, and where it is told to', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      let visits = 0
      visitHeaders(Buffer.from(bytes), () => ++visits < 1000)
      if (visits > 50) throw new Error(`${visits} headers in ${bytes.length} bytes`)
    }),
  )
  let visits = 0
  const two = encodeHeaders([
    ['a', null],
    ['b', null],
  ])!
  visitHeaders(two, () => ++visits < 1)
  t.equal(visits, 1)
  t.equal(encodeHeaders([]), undefined)
})
