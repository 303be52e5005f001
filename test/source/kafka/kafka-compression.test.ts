import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { createRequire } from 'node:module'
import { test } from 'tap'
import { decompress } from '../../../src/source/kafka/kafka-compression.js'

const { compress: snappy } = createRequire(import.meta.url)('snappyjs') as { compress: (bytes: Buffer) => Buffer<ArrayBuffer> }
const [gzipCodec, snappyCodec, lz4Codec, zstdCodec] = [1, 2, 3, 4]

const text = Buffer.from('Sluice '.repeat(100_000))
const bombBytes = 40 * 1024 * 1024

/** As Java writes it: a header, then blocks of 32 KiB, each with its length. */
function xerial(bytes: Buffer): Buffer {
  const pieces = [Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])]
  for (let at = 0; at < bytes.length; at += 32_768) {
    const block = snappy(bytes.subarray(at, at + 32_768))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    pieces.push(length, block)
  }
  return Buffer.concat(pieces)
}

/** A zstd frame of blocks that each repeat one byte, which no limit on the input can stop. */
function zstdOfZeros(bytes: number): Buffer {
  const blockBytes = 128 * 1024
  const blocks = Math.ceil(bytes / blockBytes)
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])
  const repeated = Array.from({ length: blocks }, (_, i) => {
    const block = Buffer.alloc(4)
    block.writeUIntLE((blockBytes << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0), 0, 3)
    return block
  })
  return Buffer.concat([header, ...repeated])
}

void test('undoes gzip, both framings of snappy, lz4 and zstd', (t) => {
  t.ok(decompress(gzipCodec, gzipSync(text)).equals(text))
  t.ok(decompress(snappyCodec, snappy(text)).equals(text), 'bare snappy, as librdkafka writes it')
  t.ok(decompress(snappyCodec, xerial(text)).equals(text), 'framed snappy, as Java writes it')
  t.ok(decompress(lz4Codec, compressFrameSync(text)).equals(text))
  t.ok(decompress(lz4Codec, compressFrameSync(text, { contentChecksum: true, blockChecksums: true })).equals(text))
  t.ok(decompress(zstdCodec, zstdOfZeros(1_000_000)).equals(Buffer.alloc(128 * 1024 * 8)))
  t.end()
})

const bombs = {
  gzip: [gzipCodec, () => gzipSync(Buffer.alloc(bombBytes))],
  'bare snappy': [snappyCodec, () => snappy(Buffer.alloc(bombBytes))],
  'bare snappy that claims 4 GiB': [snappyCodec, () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
  'framed snappy': [snappyCodec, () => xerial(Buffer.alloc(bombBytes))],
  lz4: [lz4Codec, () => compressFrameSync(Buffer.alloc(bombBytes))],
  zstd: [zstdCodec, () => zstdOfZeros(bombBytes)],
  'zstd that would be 4 GiB': [zstdCodec, () => zstdOfZeros(4 * 1024 ** 3)],
} as const
for (const [name, [codec, make]] of Object.entries(bombs)) {
  void test(`refuses a bomb in ${name}`, (t) => {
    const bomb = make()
    const before = process.memoryUsage().rss
    t.throws(() => decompress(codec, bomb))
    t.ok(process.memoryUsage().rss - before < 150e6, 'without taking the memory')
    t.end()
  })
}
