import { unsafe as aes } from '@noble/ciphers/aes.js'
import type { Mask } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { fnv1a } from './fnv1a.js'

// A cursor says which version of an entity its holder knows, and what of it: its log, its offset, its time in Kafka and the leaves that were
// shown, as base64url. Where the version lies is one block of AES under the id of its topic, which all nodes hear from Kafka and no client
// does. So the same version under the same leaves has the same cursor on every node, a cursor tells its holder nothing of what was written
// beside, and nobody makes one that asks how far a log is read. Nothing else needs a secret, as rights are judged anew.

/** What a cursor says. */
export interface CursorPlace {
  /** A hash of topic and partition. */
  readonly log: number
  readonly offset: number
  readonly kafkaTimestampMs: number
  /** A hash of the leaves that were shown. */
  readonly shown: number
}

type Positioned = Pick<ChangeEvent, 'topic' | 'partition' | 'offset' | 'kafkaTimestampMs'>

/** The cursor of whoever is shown nothing of the latest version: it must not tell of changes that are hidden. */
export const noneCursor = 'none'

const word = 2 ** 32
const blockBytes = 16
/** For all cursors, as each is copied out before the next one is made. */
const output = Buffer.alloc(blockBytes + 4)
/** The largest number that six bytes hold: offsets and times stay far below. */
const numberMax = 2 ** 48 - 1
const cursorPattern = /^[A-Za-z0-9_-]{27}$/

/** Brokers before Kafka 2.8 tell no ids: whoever knows that makes cursors there. */
const noId = '0'.repeat(2 * blockBytes)

/** How many topics of one name are known, the latest first: versions of one that was made anew may still be there. */
const topicsMax = 8

interface TopicKeys {
  readonly id: string
  readonly encrypting: Uint32Array
  readonly decrypting: Uint32Array
}

/** Whether it has the form of a cursor. */
export function isCursor(text: string): boolean {
  return cursorPattern.test(text)
}

/** Makes cursors, and reads them. */
export class Cursors {
  private readonly keys = new Map<string, readonly TopicKeys[]>()

  /** @param topicId of a topic as it is now, 32 hexadecimal digits; undefined where nobody tells it. */
  constructor(private readonly topicId: (topic: string) => string | undefined) {}

  of({ topic, partition, offset, kafkaTimestampMs }: Positioned, mask: Mask): string {
    const [at, ms] = [Math.min(offset, numberMax), Math.min(Math.max(0, kafkaTimestampMs), numberMax)]
    const high = Math.floor(at / word) * 2 ** 16 + Math.floor(ms / word)
    const { s0, s1, s2, s3 } = aes.encrypt(this.keysOf(topic)[0]!.encrypting, logHash(topic, partition), high | 0, at | 0, ms | 0)
    output.writeInt32BE(s0, 0)
    output.writeInt32BE(s1, 4)
    output.writeInt32BE(s2, 8)
    output.writeInt32BE(s3, 12)
    output.writeUInt32BE(shownHash(mask), blockBytes)
    return output.toString('base64url')
  }

  /** Where a cursor leads that is one of this topic, or of those before it of the same name; another one leads to where nobody wrote. */
  *places(text: string, topic: string): Generator<CursorPlace> {
    const buffer = Buffer.from(text, 'base64url')
    const [a, b, c, d, shown] = [0, 4, 8, 12, 16].map((at) => buffer.readUInt32BE(at)) as [number, number, number, number, number]
    for (const { decrypting } of this.keysOf(topic)) {
      const [log, high, at, ms] = unsigned(aes.decrypt(decrypting, a, b, c, d))
      yield { log, offset: (high >>> 16) * word + at, kafkaTimestampMs: (high & 0xffff) * word + ms, shown }
    }
  }

  private keysOf(topic: string): readonly TopicKeys[] {
    const id = this.topicId(topic) ?? noId
    const known = this.keys.get(topic) ?? []
    if (known[0]?.id === id) return known
    const keys = [keysBy(id), ...known.filter((one) => one.id !== id && one.id !== noId)].slice(0, topicsMax)
    this.keys.set(topic, keys)
    return keys
  }
}

function keysBy(id: string): TopicKeys {
  const key = Buffer.from(id, 'hex')
  return { id, encrypting: aes.expandKeyLE(key), decrypting: aes.expandKeyDecLE(key) }
}

function unsigned({ s0, s1, s2, s3 }: ReturnType<typeof aes.decrypt>): [number, number, number, number] {
  return [s0 >>> 0, s1 >>> 0, s2 >>> 0, s3 >>> 0]
}

/** Whether the cursor is one of this version, whatever was shown of it. */
export function isCursorOf({ log, offset, kafkaTimestampMs }: CursorPlace, version: Positioned): boolean {
  const isOfRecord = offset === version.offset && kafkaTimestampMs === Math.max(0, version.kafkaTimestampMs)
  return isOfRecord && log === logHash(version.topic, version.partition)
}

let latest = { topic: '', partition: -1, hash: 0 }

/** By which cursors know a log. Records of one log come in runs. */
export function logHash(topic: string, partition: number): number {
  if (latest.topic !== topic || latest.partition !== partition) latest = { topic, partition, hash: fnv1a(`${topic}/${partition}`) }
  return latest.hash
}

const shownHashes = new WeakMap<Mask, number>()

/** Of the leaves that a mask shows: equal on every node. */
export function shownHash(mask: Mask): number {
  let hash = shownHashes.get(mask)
  if (hash === undefined) {
    const leaves = [...mask.leaves].map((leaf) => mask.schema.leaves[leaf]!).sort()
    shownHashes.set(mask, (hash = fnv1a(JSON.stringify(leaves))))
  }
  return hash
}
