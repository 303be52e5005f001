import type { ChangeEvent } from '../decode/change-event.js'
import type { Mask } from '#policy/rights.js'

// A cursor says which version of an entity its holder knows, and what of it: its log, its offset, its time in Kafka and the leaves that were
// shown, each in a few bytes, as base64url. The same version under the same leaves has the same cursor on every node. It is looked up among
// the versions of its entity and trusted in nothing else, so that it is not signed.

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

const hashBytes = 4
const numberBytes = 6
const bytes = 2 * hashBytes + 2 * numberBytes
/** The largest number that six bytes hold: offsets and times stay far below. */
const numberMax = 2 ** (8 * numberBytes) - 1
const cursorPattern = /^[A-Za-z0-9_-]{27}$/

export function cursorOf(version: Positioned, mask: Mask): string {
  const buffer = Buffer.allocUnsafe(bytes)
  buffer.writeUInt32BE(logHash(version.topic, version.partition), 0)
  buffer.writeUIntBE(Math.min(version.offset, numberMax), hashBytes, numberBytes)
  buffer.writeUIntBE(Math.min(Math.max(0, version.kafkaTimestampMs), numberMax), hashBytes + numberBytes, numberBytes)
  buffer.writeUInt32BE(shownHash(mask), hashBytes + 2 * numberBytes)
  return buffer.toString('base64url')
}

/** Undefined for what is no cursor of a version. */
export function readCursor(text: string): CursorPlace | undefined {
  if (!cursorPattern.test(text)) return undefined
  const buffer = Buffer.from(text, 'base64url')
  const number = (at: number) => buffer.readUIntBE(at, numberBytes)
  return {
    ...{ log: buffer.readUInt32BE(0), offset: number(hashBytes), kafkaTimestampMs: number(hashBytes + numberBytes) },
    shown: buffer.readUInt32BE(hashBytes + 2 * numberBytes),
  }
}

/** Whether the cursor is one of this version, whatever was shown of it. */
export function isCursorOf({ log, offset, kafkaTimestampMs }: CursorPlace, version: Positioned): boolean {
  const isOfRecord = offset === version.offset && kafkaTimestampMs === Math.max(0, version.kafkaTimestampMs)
  return isOfRecord && log === logHash(version.topic, version.partition)
}

let latest = { topic: '', partition: -1, hash: 0 }

/** By which cursors know a log. Records of one log come in runs. */
export function logHash(topic: string, partition: number): number {
  if (latest.topic !== topic || latest.partition !== partition) latest = { topic, partition, hash: hashOf(`${topic}/${partition}`) }
  return latest.hash
}

const shownHashes = new WeakMap<Mask, number>()

/** Of the leaves that a mask shows: equal on every node. */
export function shownHash(mask: Mask): number {
  let hash = shownHashes.get(mask)
  if (hash === undefined) {
    const leaves = [...mask.leaves].map((leaf) => mask.schema.leaves[leaf]!).sort()
    shownHashes.set(mask, (hash = hashOf(JSON.stringify(leaves))))
  }
  return hash
}

/** FNV-1a */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
