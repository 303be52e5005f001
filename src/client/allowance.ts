import { isObject, numberIn } from './incoming.js'

/** The part of a server's allowance that is used: who goes beyond it is closed for good, and other things are sent too. */
const usedShare = 0.8
/** What a server allows that does not say. */
const usualLimits = { frames_per_second: 1000, bytes_per_frame: 128, frame_bytes: 16_384 }

/**
 * How much may be sent now, in bytes. What is sent at different times may arrive together, where a network stalls; so the allowance grows
 * only while the server owes no answer, that is, has had all that was sent.
 */
export class Allowance {
  private readonly perSecond: number
  private readonly perFrame: number
  private readonly frameMax: number
  private left: number
  private filledAtMs: number

  /** @param limits as the server's first message has them */
  constructor(limits: unknown, nowMs: number) {
    const limit = (name: keyof typeof usualLimits): number => Math.max(1, (isObject(limits) && numberIn(limits[name])) || usualLimits[name])
    this.perFrame = limit('bytes_per_frame')
    this.frameMax = limit('frame_bytes')
    this.left = this.perSecond = limit('frames_per_second') * this.perFrame * usedShare
    this.filledAtMs = nowMs
  }

  fill(nowMs: number, isAnswerOwed: boolean): void {
    const gained = isAnswerOwed ? 0 : ((nowMs - this.filledAtMs) / 1000) * this.perSecond
    this.left = Math.min(this.perSecond, this.left + gained)
    this.filledAtMs = nowMs
  }

  /** The bytes that the next frame may have. */
  get room(): number {
    return Math.min(this.frameMax, this.left - this.perFrame)
  }

  /** Nothing was sent for a second: then one frame may be, however small the allowance is. */
  get isFull(): boolean {
    return this.left === this.perSecond
  }

  /** Each frame counts as one more. */
  spend(bytes: number): void {
    this.left -= bytes + this.perFrame
  }
}
