import { errorCodes } from '../wire/error-codes.js'
import type { EpochEnd, FetchedPlace } from '../wire/fetch-question.js'
import { NearReplica } from './near-replica.js'
import { ReadEpochs } from './read-epochs.js'

/** Where reading begins: at the end of a log, at its oldest record, at so many offsets before its end, or at an offset. */
export type StartAt = 'end' | 'beginning' | { readonly newest: number } | number

/** Where a log begins and ends: its oldest offset, and the offset that its next record gets. */
export interface LogEnds {
  readonly low: number
  readonly high: number
  /** What lies before it is decided: where the first open transaction begins, or else `high`. */
  readonly stable: number
}

export interface Placed {
  /** Whether the log still has the record at the position, so that reading goes on there. */
  readonly goesOn: boolean
  /** Tells of a position that had to be moved, as the log no longer has the record there. */
  readonly moved?: {
    readonly warning: string
    /** Offsets that retention dropped before they were read. */
    readonly dropped: number
  }
}

/** A partition that is read, with the broker and the offset from which it is fetched next. */
export class Reading implements FetchedPlace {
  /** The offset that is read next. It is kept through every loss of Kafka, so that no record is skipped or read twice. */
  position: number
  /** The replica that is fetched in the place of its leader. */
  readonly replica = new NearReplica()
  /** The broker that leads the partition; undefined where none does, or where the last one refused it. */
  leader: number | undefined
  leaderEpoch = -1
  private readonly epochs = new ReadEpochs()
  /** The epoch of the partition's leader when it was first seen. Where that has gone, reading begins at the end of its epoch. */
  private epochAtStart: number | undefined
  /** How much of a log is read from its beginning: its last so many offsets. */
  private readonly newest: number
  /** The first offset that was read. */
  private readFrom: number
  /** The error of the last answer to a fetch, 0 where there was none. */
  errorCode: number = errorCodes.none
  /** Whether the partition must wait, as its records have no room. */
  isHeld = false
  /** Why the log's ends must be known first: to begin there, or to see whether the position still lies between them. */
  private unplaced: 'end' | 'beginning' | 'position' | undefined

  constructor(
    readonly topic: string,
    /** Undefined until a broker has told it. */
    public topicId: string | undefined,
    readonly partition: number,
    startAt: StartAt,
  ) {
    this.position = this.readFrom = typeof startAt === 'number' ? startAt : 0
    this.unplaced = typeof startAt === 'number' ? undefined : typeof startAt === 'string' ? startAt : 'beginning'
    this.newest = typeof startAt === 'object' ? startAt.newest : Infinity
  }

  get name(): string {
    return `${this.topic}/${this.partition}`
  }

  /** The broker that is asked for the records; undefined where none is. */
  get fetchedFrom(): number | undefined {
    return this.leader === undefined || !this.isPlaced ? undefined : (this.replica.broker ?? this.leader)
  }

  get lastEpoch(): number {
    return this.epochs.last
  }

  /** Where reading begins once the log's ends are known; undefined where it goes on. */
  get beginsAt(): 'end' | 'beginning' | undefined {
    return this.unplaced === 'position' ? undefined : this.unplaced
  }

  get isPlaced(): boolean {
    return this.unplaced === undefined
  }

  /** Whether the partition can be fetched, as far as is known. */
  get isAnswered(): boolean {
    return this.leader !== undefined && this.isPlaced && this.errorCode === errorCodes.none
  }

  /** Takes over what a broker says, unless it knows an older leader alone. @param leader -1 where there is none. */
  noteLeader(leader: number, leaderEpoch: number): void {
    if (leaderEpoch >= 0 && leaderEpoch < this.leaderEpoch) return
    if (leaderEpoch !== this.leaderEpoch) this.replica.forget()
    this.leader = leader >= 0 ? leader : undefined
    this.leaderEpoch = leaderEpoch
    this.epochAtStart ??= leaderEpoch
  }

  /** @param epoch of the record before the position; undefined where that is not known. */
  moveTo(position: number, epoch: number | undefined): void {
    // No checksum covers an epoch. An epoch newer than the leader's cannot be true: it counts as unknown, and nothing is compared with it.
    if (epoch === undefined || epoch > this.leaderEpoch) this.epochs.beginAt(position)
    else this.epochs.note(epoch, this.position)
    this.position = position
  }

  /**
   * Goes back to the offset at which the log of a new leader begins to differ from what was read.
   * @returns how many of the offsets that were read are gone; undefined where the leader says nothing new.
   */
  goBack(diverging: EpochEnd): number | undefined {
    const from = this.epochs.cut(diverging, this.position)
    if (from === undefined) return undefined
    const gone = Math.max(0, this.position - Math.max(from, this.readFrom))
    this.readFrom = Math.min(this.readFrom, from)
    this.position = from
    return gone
  }

  /** Notes that the broker does not answer for the partition: its leader must be looked for, or the ends of its log. */
  refuse(errorCode: number): void {
    this.errorCode = errorCode
    this.leader = undefined
    if (errorCode === errorCodes.offsetOutOfRange) this.unplaced ??= 'position'
  }

  /** Makes reading begin anew, at one of the ends that the log has now. */
  beginAt(end: 'end' | 'beginning'): void {
    this.unplaced = end
    this.epochAtStart = this.leaderEpoch
  }

  /** Sets where reading goes on between the ends of the log. */
  place({ low, high }: Pick<LogEnds, 'low' | 'high'>): Placed {
    const { unplaced, position, name } = this
    this.unplaced = undefined
    const isThere = unplaced === 'position' && position >= low && position <= high
    const begun = unplaced === 'beginning' ? Math.max(low, high - this.newest) : low
    this.position = isThere ? position : unplaced === 'end' ? high : begun
    // A leader that was elected after the start may have written records before it is asked for the end. It compares the epoch of the start,
    // and reading goes back to where that ended.
    this.epochs.beginAt(this.position, unplaced === 'end' ? this.epochAtStart : undefined)
    if (isThere) return { goesOn: true }
    this.readFrom = this.position
    if (unplaced !== 'position') return { goesOn: false }
    const what = `${name} was to be read from ${position}, its log has ${low} to ${high}`
    // A leader that compares epochs would have said where to go back to. Without it, the log is taken for another one of the same name.
    const madeAnew = { warning: `${what}: made anew, read from its beginning`, dropped: 0 }
    const retention = { warning: `${what}: retention dropped ${low - position} offsets unread`, dropped: low - position }
    return { goesOn: false, moved: position > high ? madeAnew : retention }
  }
}
