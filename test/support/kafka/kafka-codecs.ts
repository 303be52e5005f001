import { compressFrameSync } from 'lz4-napi'
import kafkajs from 'kafkajs'
import { compress as compressSnappy } from 'snappyjs'

// kafkajs is CommonJS, and these are no names that its exports show.
const { CompressionCodecs, CompressionTypes } = kafkajs

// What kafkajs needs to write with the codecs that it does not know by itself. Only the tests write.

/** RFC 8878, 3.1.1.2.4 */
const zstdBlockBytesMax = 128 * 1024

/** zstd without compression: a frame of one raw block (RFC 8878, 3.1.1), as Node 20 has no compressor for it. */
export function zstdFrame(content: Buffer): Buffer {
  if (content.length > zstdBlockBytesMax) throw new Error('more than one block of zstd')
  const head = Buffer.alloc(12)
  head.writeUInt32LE(0xfd2fb528, 0)
  // One segment, so that no window is given; the content's size in four bytes.
  head.writeUInt8(0b1010_0000, 4)
  head.writeUInt32LE(content.length, 5)
  const lastRawBlock = 1 | (content.length << 3)
  head.writeUIntLE(lastRawBlock, 9, 3)
  return Buffer.concat([head, content])
}

/** By the names that Kafka gives them. */
export const codecs = {
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const

writeWith(CompressionTypes.Snappy, (content) => compressSnappy(content))
writeWith(CompressionTypes.LZ4, (content) => compressFrameSync(content))
writeWith(CompressionTypes.ZSTD, zstdFrame)

function writeWith(type: (typeof codecs)['snappy' | 'lz4' | 'zstd'], compress: (content: Buffer) => Buffer): void {
  CompressionCodecs[type] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(compress(buffer)),
    decompress: () => Promise.reject(new Error('only written')),
  })
}
