import { errorCodes } from '../wire/error-codes.js'
import type { EpochEnd, FetchedPlace } from '../wire/fetch-question.js'
import { NearReplica } from './near-replica.js'
import { ReadEpochs } from './read-epochs.js'

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
  /** The replica that is fetched in the place of its leader. */
  readonly replica = new NearReplica()
  /** Who leads it, as far as is known; undefined where nobody does, or where the last one did not answer for it. */
  node: number | undefined
  leaderEpoch = -1
  private readonly epochs = new ReadEpochs()
  /** The epoch when the partition was seen first: the log's end as of then is where this epoch ended. */
  private epochAtStart: number | undefined
  /** The offset from which on records were read. */
  private readFrom: number
  /** Of the last answer to a fetch, 0 where there was none. */
  errorCode: number = errorCodes.none
  /** Must wait: its records have no room. */
  isHeld = false
  /** What the ends of the log are asked for first: where to begin, or whether the position lies between them still. */
  private unplaced: 'end' | 'beginning' | 'position' | undefined

  constructor(
    readonly topic: string,
    /** Undefined as long as no broker has said it. */
    public topicId: string | undefined,
    readonly partition: number,
    startAt: StartAt,
  ) {
    this.position = this.readFrom = typeof startAt === 'number' ? startAt : 0
    this.unplaced = typeof startAt === 'number' ? undefined : startAt
  }

  get name(): string {
    return `${this.topic}/${this.partition}`
  }

  /** Who is asked for its records; undefined where nobody is. */
  get fetchedFrom(): number | undefined {
    return this.node === undefined || !this.isPlaced ? undefined : (this.replica.node ?? this.node)
  }

  get lastEpoch(): number {
    return this.epochs.last
  }

  get isPlaced(): boolean {
    return this.unplaced === undefined
  }

  /** Whether it can be fetched, as far as is known. */
  get isAnswered(): boolean {
    return this.node !== undefined && this.isPlaced && this.errorCode === errorCodes.none
  }

  /** @param leader -1 where there is none. */
  noteLeader(leader: number, leaderEpoch: number): void {
    if (leaderEpoch !== this.leaderEpoch) this.replica.forget()
    this.node = leader >= 0 ? leader : undefined
    this.leaderEpoch = leaderEpoch
    this.epochAtStart ??= leaderEpoch
  }

  /** @param epoch of the record before the position; undefined where that is not known. */
  moveTo(position: number, epoch: number | undefined): void {
    // No checksum covers an epoch. One that is newer than its leader's cannot be: it is not known then, and nothing is compared with it.
    if (epoch === undefined || epoch > this.leaderEpoch) this.epochs.beginAt(position)
    else this.epochs.note(epoch, this.position)
    this.position = position
  }

  /**
   * Goes back to where the log of a new leader begins to be another one than what was read.
   * @returns how many of the offsets that were read are gone; undefined where the leader says nothing that is new.
   */
  goBack(diverging: EpochEnd): number | undefined {
    const from = this.epochs.cut(diverging, this.position)
    if (from === undefined) return undefined
    const gone = Math.max(0, this.position - Math.max(from, this.readFrom))
    this.readFrom = Math.min(this.readFrom, from)
    this.position = from
    return gone
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
    const isThere = unplaced === 'position' && position >= low && position <= high
    this.position = isThere ? position : unplaced === 'end' ? high : low
    // What was written since the start, and before it was asked where the log ends, lies behind the epoch of the start: it is gone back to.
    this.epochs.beginAt(this.position, unplaced === 'end' ? this.epochAtStart : undefined)
    if (isThere) return undefined
    this.readFrom = this.position
    if (unplaced !== 'position') return undefined
    const what = `${name} was to be read from ${position}, its log has ${low} to ${high}`
    // A node that compares epochs says before where it goes on. From one that does not, the log is taken for another one of the same name.
    if (position > high) return { warning: `${what}: made anew, read from its beginning`, dropped: 0 }
    return { warning: `${what}: retention dropped ${low - position} offsets unread`, dropped: low - position }
  }
}
