import type { ChangeEvent } from '../decode/change-event.js'
import type { Cursors } from '../table/cursor.js'
import { OutputFullError } from '#text/json-output.js'
import { BadRecordError } from '#errors.js'
import type { Meter } from '../observe/meter.js'

/**
 * The frames of one event, under all its masks, may take as much as this many of the largest: both the frames that are kept, and all that
 * is written, which includes frames that turn out too large. Encoding that much takes some 100 ms at the default size.
 */
const largestFramesMax = 32

/** A frame up to this size always has room, however many others were too large: these were written but not kept. It costs 0.3 ms. */
const modestBytesMax = 64 * 1024

/**
 * The longest frame without data, with an entity id of 256 characters that JSON escapes, is shorter than this: the news that an entity is
 * gone always has room.
 */
const frameBytesMin = 4096

export interface FrameRoomOptions {
  /** The limit of one frame. */
  readonly frameBytesMax: number
  readonly reportBadRecord: (event: ChangeEvent, error: unknown) => void
  readonly meter: Meter
  readonly cursors: Cursors
}

/** Limits the frames of an event, each by itself and all its masks' together, and counts them. */
export class FrameRoom {
  private event: ChangeEvent | undefined
  /** How many bytes may still be kept. */
  private left = 0
  /** How many bytes may still be written: less than `left`, by the frames that were too large. */
  private effort = 0

  constructor(private readonly options: FrameRoomOptions) {}

  /** Frames say by these which version they show. */
  get cursors(): Cursors {
    return this.options.cursors
  }

  /** Data up to this size fit into a frame of their own, in bytes. */
  get dataBytesMax(): number {
    return Math.max(0, this.options.frameBytesMax - frameBytesMin)
  }

  /** The limit of the event's next frame, in bytes. */
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

  /** Reports an event with a frame that is too large, whose receivers miss it. Rethrows any other error. */
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
