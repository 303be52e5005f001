import { gunzipSync } from 'node:zlib'
import { wrongLength, endsTooEarly, type Codec } from './codec.js'

/** A member's header, an empty block and its trailer (RFC 1952). */
const memberBytesMin = 20

/** The last four bytes state the length of the output: of one member only, but no producer writes several in a row. */
export const gzipCodec: Codec = {
  claim(bytes) {
    if (bytes.length < memberBytesMin) throw endsTooEarly()
    return bytes.readUInt32LE(bytes.length - 4)
  },
  decompress(bytes, claim) {
    const output = gunzipSync(bytes, { maxOutputLength: Math.max(1, claim) })
    if (output.length !== claim) throw wrongLength(output.length, claim)
    return output
  },
}
