import type { ChangeEvent } from '../decode/change-event.js'
import { OutputFullError } from '#text/json-output.js'
import { BadRecordError } from '#errors.js'
import type { Meter } from '../observe/meter.js'

/**
 * Of one event with many masks: as much as so many of the largest frames, both to be kept and to be written, where what turns out too large
 * is written in vain. Encoding these takes some 100 ms at the default size.
 */
const largestFramesMax = 32

/** Written in vain is nothing kept: a frame up to this size has its room however many others were too large, and costs 0.3 ms. */
const modestBytesMax = 64 * 1024

/** A frame without data, with an entity id of 256 characters that JSON escapes, is shorter: who is gone is always told. */
const frameBytesMin = 4096

export interface FrameRoomOptions {
  /** Of one frame. */
  readonly frameBytesMax: number
  readonly reportBadRecord: (event: ChangeEvent, error: unknown) => void
  readonly meter: Meter
}

/** How large the frames of an event may be, each by itself and those of all its masks together; and what is counted of them. */
export class FrameRoom {
  private event: ChangeEvent | undefined
  /** Of what may be kept, in bytes. */
  private left = 0
  /** Of what may be written, in bytes; less than `left` by what was too large. */
  private effort = 0

  constructor(private readonly options: FrameRoomOptions) {}

  /** For the next frame of the event, in bytes. */
  bytesFor(event: ChangeEvent): number {
    const { frameBytesMax } = this.options
    if (event !== this.event) {
      this.event = event
      this.left = this.effort = largestFramesMax * frameBytesMax
    }
    return Math.max(frameBytesMin, Math.min(frameBytesMax, this.left, Math.max(this.effort, modestBytesMax)))
  }

  spend(bytes: number): void {
    this.left -= bytes
    this.effort -= bytes
  }

  /** Whoever may see so much of the event misses it. Anything but a text that is too long is thrown on. */
  exceeded(event: ChangeEvent, error: unknown): void {
    if (!(error instanceof OutputFullError)) throw error
    const detail = `a frame of more than ${this.options.frameBytesMax} bytes; who may see so much of it is told that it is missing`
    this.options.reportBadRecord(event, new BadRecordError('over_limit', detail))
    this.effort -= this.options.frameBytesMax
  }

  encoded(): void {
    this.options.meter.framesEncoded++
  }
}
