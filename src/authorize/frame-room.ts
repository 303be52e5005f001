import type { ChangeEvent } from '../decode/change-event.js'
import { OutputFullError } from '../decode/json-output.js'
import { BadRecordError } from '../errors.js'
import type { Meter } from '../observe/meter.js'

/** Of one event with many masks: as much as so many of the largest frames. Encoding these takes some 100 ms at the default size. */
const largestFramesMax = 32

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
  private left = 0

  constructor(private readonly options: FrameRoomOptions) {}

  /** For the next frame of the event, in bytes. */
  bytesFor(event: ChangeEvent): number {
    const { frameBytesMax } = this.options
    if (event !== this.event) {
      this.event = event
      this.left = largestFramesMax * frameBytesMax
    }
    return Math.max(frameBytesMin, Math.min(frameBytesMax, this.left))
  }

  take(bytes: number): void {
    this.left -= bytes
  }

  /** Whoever may see so much of the event misses it. Anything but a text that is too long is thrown on. */
  exceeded(event: ChangeEvent, error: unknown): void {
    if (!(error instanceof OutputFullError)) throw error
    const detail = `a frame of more than ${this.options.frameBytesMax} bytes; who may see so much of it is told that it is missing`
    this.options.reportBadRecord(event, new BadRecordError('over_limit', detail))
    this.left -= this.options.frameBytesMax
  }

  encoded(): void {
    this.options.meter.framesEncoded++
  }
}
