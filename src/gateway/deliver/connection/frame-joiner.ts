import type { Frame } from '../../authorize/entity-update.js'
import { writeBatch } from '#protocol/batch.js'

/** Makes one frame of several: a JSON array of their messages. */
export class FrameJoiner {
  private latest: { readonly parts: readonly Frame[]; readonly joined: Frame } | undefined

  /**
   * Clients with the same rights and subscriptions are sent the same frames one after the other, so the latest join is kept for the next
   * client.
   */
  join(parts: readonly Frame[]): Frame {
    if (this.latest === undefined || !areSame(this.latest.parts, parts)) this.latest = { parts, joined: joinFrames(parts) }
    return this.latest.joined
  }
}

function areSame(one: readonly Frame[], other: readonly Frame[]): boolean {
  return one.length === other.length && one.every((frame, index) => frame === other[index])
}

function joinFrames(parts: readonly Frame[]): Frame {
  const bytes = writeBatch(parts.map(({ bytes }) => bytes))
  const { kafkaTimestampMs } = parts[0]!
  return { kind: 'frame', bytes, size: bytes.byteLength, mailboxes: 0, kafkaTimestampMs, update: undefined, about: undefined }
}
