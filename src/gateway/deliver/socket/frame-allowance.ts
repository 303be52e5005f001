import { Allowance } from '#allowance.js'

/**
 * A longer frame counts as several. Reading costs up to 90 ns a byte (JSON of many short names that are all different): if only the number
 * of frames counted, 600 frames of 16 kB a second would take all of the process.
 */
export const bytesPerFrame = 128

/** The frames that a client may still send now: `perSecond` in a burst, refilled evenly. */
export class FrameAllowance extends Allowance {
  /** Takes a frame of this size off the allowance; false where too little is left. One frame a second is always allowed, however large. */
  spend(bytes: number): boolean {
    return this.take(Math.min(this.perSecond, 1 + Math.floor(bytes / bytesPerFrame)))
  }
}
