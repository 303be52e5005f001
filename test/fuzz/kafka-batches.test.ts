import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { compress as snappy } from 'snappyjs'
import { test } from 'tap'
import { readFetchedLog } from '#kafka/fetched-log.js'
import { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { encodeBatch, encodeRecord, withChecksum } from '../support/kafka/record-batch.js'
import { fc } from '../support/running/seeded-properties.js'
import { zstdFrame } from '../support/kafka/kafka-codecs.js'

/** What one input may take, in microseconds of CPU: a stall of the process, with room for a busy machine. */
const microsecondsMax = 3_000_000

const compressors = [(body: Buffer) => body, gzipSync, snappy, compressFrameSync, zstdFrame] as const

const bytes = fc.option(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(new Uint8Array(3000))).map((array) => Buffer.from(array)))
const headers = fc.array(fc.tuple(fc.string({ maxLength: 4 }), bytes), { maxLength: 2 })
const record = fc.record({ gap: fc.nat(2), timestampDelta: fc.integer(), key: bytes, value: bytes, headers })
const batch = fc.record({ records: fc.array(record, { maxLength: 12 }), codec: fc.nat(4), firstOffset: fc.nat(1000) })
/** Where a byte is changed, cut out or put in, and whether a producer wrote it so: then the checksum is that of what became of it. */
const mutation = fc.record({
  at: fc.oneof(fc.nat(70), fc.nat(4000)),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
  kind: fc.constantFrom('set', 'flip', 'cut', 'insert', 'end'),
})
const input = fc.record({ batch, mutations: fc.array(mutation, { maxLength: 6 }), isChecksumRight: fc.boolean() })
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never

function encode({ records, codec, firstOffset }: Input['batch']): Buffer {
  let delta = -1
  const body = Buffer.concat(records.map((one) => encodeRecord({ ...one, offsetDelta: (delta += 1 + one.gap) })))
  const compressed = compressors[codec]!(body)
  return encodeBatch({ firstOffset, codec, body: compressed, count: records.length, lastOffsetDelta: Math.max(0, delta) })
}

function mutate(whole: Buffer, { at, byte, kind }: Input['mutations'][number]): Buffer {
  const place = at % Math.max(1, whole.length)
  const [before, after] = [whole.subarray(0, place), whole.subarray(place)]
  if (kind === 'cut') return Buffer.concat([before, after.subarray(1 + (byte & 7))])
  if (kind === 'insert') return Buffer.concat([before, Buffer.alloc(1 + (byte & 7), byte), after])
  if (kind === 'end') return Buffer.from(before)
  const changed = Buffer.from(whole)
  changed[place] = kind === 'set' ? byte : changed[place]! ^ (1 << (byte & 7))
  return changed
}

/** Its length and checksum are what they should be, whatever the rest is. */
function withRightFrame(whole: Buffer): Buffer {
  if (whole.length < 61) return whole
  whole.writeInt32BE(whole.length - 12, 8)
  whole.writeInt8(2, 16)
  return withChecksum(whole)
}

/** At once and in steps; undefined where it cannot be read. Both must agree. */
function recordsOf(one: KafkaRecordBatch): KafkaRecord[] | undefined {
  const [atOnce, inSteps] = [orUndefined(() => one.records()), orUndefined(() => stepsOf(one))]
  if (JSON.stringify(atOnce) !== JSON.stringify(inSteps)) throw new Error('at once and in steps are not the same')
  return atOnce
}

function stepsOf(one: KafkaRecordBatch): KafkaRecord[] {
  const [reader, records] = [one.recordsInSteps(), [] as KafkaRecord[]]
  for (let next = reader.next(); next !== undefined; next = reader.next()) records.push(next)
  return records
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Where a batch stands is the broker's to say, and not under the checksum. */
function withoutOffsets(records: readonly KafkaRecord[]): string {
  return JSON.stringify(records.map(({ timestampMs, key, value }) => [timestampMs, key, value]))
}

const next = encodeBatch({ firstOffset: 5000, values: ['next'] })

const met = { sound: 0, unreadable: 0, damaged: 0, cutOff: 0 }

function check({ batch: written, mutations, isChecksumRight }: Input): void {
  const original = encode(written)
  const mutated = mutations.reduce(mutate, Buffer.from(original))
  const whole = isChecksumRight ? withRightFrame(mutated) : mutated
  const { batches, last } = readFetchedLog(Buffer.concat([whole, next]), [], 6000)
  const intact = new Set([original, next].map((bytes) => withoutOffsets(KafkaRecordBatch.at(bytes, 0)!.records())))
  for (const one of batches) {
    const records = recordsOf(one)
    if (one.damage !== undefined) met.damaged++
    else if (records === undefined) met.unreadable++
    else met.sound++
    if (one.damage !== undefined && records !== undefined) throw new Error('what is damaged was read')
    if (records === undefined || isChecksumRight || intact.has(withoutOffsets(records))) continue
    throw new Error('changed and delivered')
  }
  if (last === undefined) met.cutOff++
  const isBatchWhole = isChecksumRight && whole.length >= 61
  if (isBatchWhole && last?.firstOffset !== 5000 && last?.damage === undefined) throw new Error('the next batch was not read')
}

test('makes records or a bad batch of whatever comes from Kafka, soon, and no records of what is damaged', (t) => {
  let slowest = 0
  fc.assert(
    fc.property(input, (one) => {
      const before = process.cpuUsage()
      check(one)
      slowest = Math.max(slowest, process.cpuUsage(before).user)
      if (slowest > microsecondsMax) throw new Error(`${slowest} us`)
    }),
    { numRuns: fuzzRuns(400) },
  )
  t.comment(JSON.stringify({ ...met, slowestMs: slowest / 1000 }))
  t.ok(met.sound > 0 && met.unreadable > 0 && met.damaged > 0, 'each of the cases is met', met)
  t.ok(process.memoryUsage().rss < 1e9)
  t.end()
})
