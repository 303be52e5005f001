import { errorCodes } from '../wire/error-codes.js'
import type { FetchedPlace } from '../wire/fetch-question.js'

/** Where reading begins: at the end of a log, at its oldest record, or at an offset. */
export type StartAt = 'end' | 'beginning' | number

/** Where a log begins and ends: its oldest offset, and the one that its next record gets. */
export interface LogEnds {
  readonly low: number
  readonly high: number
}

/** A position that had to be moved, as the log no longer has what was to be read there. */
export interface MovedPosition {
  readonly warning: string
  /** Offsets that retention dropped before they were read. */
  readonly dropped: number
}

/** A partition that is read: from which node, and from which offset on. */
export class Reading implements FetchedPlace {
  /** The offset that is read next. Kept through every loss of Kafka, so that none is skipped or read twice. */
  position: number
  /** Who leads it, as far as is known; undefined where nobody does, or where the last one did not answer for it. */
  node: number | undefined
  leaderEpoch = -1
  /** Of the last answer to a fetch, 0 where there was none. */
  errorCode: number = errorCodes.none
  /** Must wait: its records have no room. */
  isHeld = false
  /** What the ends of the log are asked for first: where to begin, or whether the position lies between them still. */
  private unplaced: 'end' | 'beginning' | 'position' | undefined

  constructor(
    readonly topic: string,
    readonly topicId: string | undefined,
    readonly partition: number,
    startAt: StartAt,
  ) {
    this.position = typeof startAt === 'number' ? startAt : 0
    this.unplaced = typeof startAt === 'number' ? undefined : startAt
  }

  get name(): string {
    return `${this.topic}/${this.partition}`
  }

  get isPlaced(): boolean {
    return this.unplaced === undefined
  }

  /** Whether it can be fetched, as far as is known. */
  get isAnswered(): boolean {
    return this.node !== undefined && this.isPlaced && this.errorCode === errorCodes.none
  }

  /** Its node does not answer for it: whoever does must be looked for, or whether the log still has what was to be read. */
  refuse(errorCode: number): void {
    this.errorCode = errorCode
    this.node = undefined
    if (errorCode === errorCodes.offsetOutOfRange) this.unplaced ??= 'position'
  }

  /** Undefined where nothing is lost. */
  place({ low, high }: LogEnds): MovedPosition | undefined {
    const { unplaced, position, name } = this
    this.unplaced = undefined
    if (unplaced !== 'position') {
      this.position = unplaced === 'end' ? high : low
      return undefined
    }
    if (position >= low && position <= high) return undefined
    this.position = low
    const what = `${name} was to be read from ${position}, its log has ${low} to ${high}`
    // A log that ends before the position is another log under the same name: what was read never becomes unwritten.
    if (position > high) return { warning: `${what}: made anew, read from its beginning`, dropped: 0 }
    return { warning: `${what}: retention dropped ${low - position} offsets unread`, dropped: low - position }
  }
}
