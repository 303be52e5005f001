import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { createRequire } from 'node:module'
import { test } from 'tap'
import { decompress } from '#kafka/kafka-compression.js'

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

function xerialOf(blocks: readonly Buffer[]): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  return Buffer.concat([header, ...blocks.flatMap((block) => [int32BE(block.length), block])])
}

function int32BE(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A block that claims to become so much and does not. */
function snappyClaiming(bytes: number): Buffer {
  return Buffer.from([(bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, ((bytes >> 14) & 0x7f) | 0x80, bytes >> 21, 0, 0x61])
}

/** Of gzip: the length that stands at its end. */
function claiming(gzip: Buffer, bytes: number): Buffer {
  gzip.writeUInt32LE(bytes, gzip.length - 4)
  return gzip
}

/** A frame of lz4 with blocks of at most 64 KiB, as they stand. */
function lz4Of(blocks: readonly Buffer[], header = '04224d18604082'): Buffer {
  const length = (bytes: number) => Buffer.from([bytes & 0xff, (bytes >> 8) & 0xff, (bytes >> 16) & 0xff, bytes >>> 24])
  return Buffer.concat([Buffer.from(header, 'hex'), ...blocks.flatMap((block) => [length(block.length), block]), Buffer.alloc(4)])
}

/** A frame that says of itself that it becomes so many bytes. */
function lz4Claiming(bytes: bigint): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(bytes)
  return lz4Of([Buffer.from([0x10, 0x61])], `04224d186840${size.toString('hex')}00`)
}

/** A zstd frame of blocks that each repeat one byte, which no limit on the input can stop, and of as many that become nothing. */
function zstdOfZeros(bytes: number, empty = 0): Buffer {
  const blockBytes = 128 * 1024
  const blocks = Math.ceil(bytes / blockBytes)
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, empty > 0 ? 0x70 : 0x38])
  const repeated = Array.from({ length: blocks }, (_, i) => {
    const block = Buffer.alloc(4)
    block.writeUIntLE((blockBytes << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0), 0, 3)
    return block
  })
  return Buffer.concat([header, Buffer.alloc(3 * empty), ...repeated])
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
  'gzip that claims less': [gzipCodec, () => claiming(gzipSync(Buffer.alloc(bombBytes)), 10)],
  'bare snappy': [snappyCodec, () => snappy(Buffer.alloc(bombBytes))],
  'bare snappy that claims 4 GiB': [snappyCodec, () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
  'framed snappy': [snappyCodec, () => xerial(Buffer.alloc(bombBytes))],
  'framed snappy whose blocks claim 20 MiB each': [snappyCodec, () => xerialOf(Array.from({ length: 60 }, () => snappyClaiming(20 << 20)))],
  lz4: [lz4Codec, () => compressFrameSync(Buffer.alloc(bombBytes))],
  'lz4 that claims 4 EiB': [lz4Codec, () => lz4Claiming(2n ** 62n)],
  'lz4 of blocks of one byte': [lz4Codec, () => lz4Of(Array.from({ length: 150_000 }, () => Buffer.from([0])))],
  zstd: [zstdCodec, () => zstdOfZeros(bombBytes)],
  'zstd that would be 4 GiB': [zstdCodec, () => zstdOfZeros(4 * 1024 ** 3)],
  'zstd with a window of 2 GiB': [zstdCodec, () => Buffer.from('28b52ffd00a8010000', 'hex')],
  'zstd of one segment that claims 2 GiB': [zstdCodec, () => Buffer.from('28b52ffda0ffffff7f010000', 'hex')],
  'zstd that moves a large window for blocks of nothing': [zstdCodec, () => zstdOfZeros(16 * 1024 * 1024, 300_000)],
} as const
for (const [name, [codec, make]] of Object.entries(bombs)) {
  void test(`refuses a bomb in ${name}`, (t) => {
    const bomb = make()
    const before = process.memoryUsage().rss
    const cpu = process.cpuUsage()
    t.throws(() => decompress(codec, bomb))
    t.ok(process.memoryUsage().rss - before < 150e6, 'without taking the memory')
    t.ok(process.cpuUsage(cpu).user < 2e6, 'nor the time')
    t.end()
  })
}

const broken = {
  'a snappy literal whose length is negative in 32 bits, which never ended': [
    snappyCodec,
    Buffer.from([0x05, 0xfc, 0xff, 0xff, 0xff, 0xff]),
  ],
  'a snappy copy from before the beginning': [snappyCodec, Buffer.from([0x08, 0x00, 0x61, 0x1d, 0x40])],
  'a snappy block that becomes less than it claims': [snappyCodec, Buffer.from([0x05, 0x00, 0x61])],
  'a snappy block that becomes more than it claims': [snappyCodec, Buffer.from([0x01, 0x04, 0x61, 0x61])],
  'a snappy block of no bytes': [snappyCodec, xerialOf([Buffer.alloc(0)])],
  'a snappy block that ends beyond the batch': [snappyCodec, xerialOf([snappy(text)]).subarray(0, -1)],
  'a snappy claim that never ends': [snappyCodec, Buffer.alloc(100, 0xff)],
  'gzip of two members': [gzipCodec, Buffer.concat([gzipSync(text), gzipSync(text)])],
  'gzip with something behind it': [gzipCodec, Buffer.concat([gzipSync(text), Buffer.alloc(9)])],
  'gzip that is cut off': [gzipCodec, gzipSync(text).subarray(0, -9)],
  'lz4 of two frames': [lz4Codec, Buffer.concat([compressFrameSync(text), compressFrameSync(text)])],
  'lz4 without an end': [lz4Codec, compressFrameSync(text).subarray(0, -4)],
  'lz4 of the old kind': [lz4Codec, Buffer.from('02214c18050000004001020304', 'hex')],
  'lz4 with a block of no bytes': [lz4Codec, lz4Of([Buffer.alloc(0)])],
  'lz4 that becomes less than it claims': [lz4Codec, lz4Claiming(7n)],
  'zstd that becomes more than it claims': [zstdCodec, Buffer.from('28b52ffd2001190000616263', 'hex')],
  'zstd that becomes less than it claims': [zstdCodec, Buffer.from('28b52ffd2009190000616263', 'hex')],
  'zstd with a dictionary': [zstdCodec, Buffer.from('28b52ffd2101' + '03190000616263', 'hex')],
  'zstd without a last block': [zstdCodec, Buffer.from('28b52ffd2003180000616263', 'hex')],
  'zstd with something behind it': [zstdCodec, Buffer.from('28b52ffd200319000061626300', 'hex')],
  nothing: [zstdCodec, Buffer.from([0x28])],
} as const
for (const [name, [codec, bytes]] of Object.entries(broken)) {
  void test(`refuses ${name}`, (t) => {
    t.throws(() => decompress(codec, bytes))
    t.end()
  })
}

void test('undoes many small blocks and frames of zstd, which become less than their blocks could', (t) => {
  const frame = Buffer.from('28b52ffd2003190000616263', 'hex')
  const frames = Buffer.concat(Array.from({ length: 20_000 }, () => frame))
  t.ok(decompress(zstdCodec, frames).equals(Buffer.from('abc'.repeat(20_000))))
  const skipped = Buffer.from('502a4d180400000001020304', 'hex')
  t.equal(decompress(zstdCodec, Buffer.concat([skipped, frame, skipped])).toString(), 'abc')
  t.end()
})
