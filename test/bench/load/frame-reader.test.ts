import { test } from 'tap'
import { FrameReader } from '../../../bench/load/frame-reader.js'
import { fc } from '../../support/running/seeded-properties.js'

/** As a server writes it: not masked. */
function serverFrame(payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload])
  if (length < 65_536) return Buffer.concat([Buffer.from([0x81, 126, length >> 8, length & 0xff]), payload])
  const long = Buffer.alloc(8)
  long.writeBigUInt64BE(BigInt(length))
  return Buffer.concat([Buffer.from([0x81, 127]), long, payload])
}

test('finds the frames that were written, however the bytes arrive', async (t) => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536)), { maxLength: 8 })
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }), (lengths, cuts) => {
      const payloads = lengths.map((length, index) => Buffer.alloc(length, index + 1))
      const bytes = Buffer.concat(payloads.map(serverFrame))
      const found: Buffer[] = []
      const reader = new FrameReader((_opcode, chunk, start, end) => void found.push(Buffer.from(chunk.subarray(start, end))))
      for (let at = 0, n = 0; at < bytes.length; n++) {
        const end = Math.min(bytes.length, at + cuts[n % cuts.length]!)
        const chunk = Buffer.from(bytes.subarray(at, end))
        reader.read(chunk)
        chunk.fill(0)
        at = end
      }
      return found.length === payloads.length && found.every((payload, index) => payload.equals(payloads[index]!))
    }),
    { numRuns: 200 },
  )
  t.end()
})
