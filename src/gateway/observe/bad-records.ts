import type { Clock } from '#clock.js'
import { BadRecordError, type BadRecordReason } from '#errors.js'
import type { Log } from '#log.js'
import { Meter } from './meter.js'

/** The place of a record in Kafka. */
export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A record that was skipped, as people are told of it. */
export interface BadRecord extends RecordPosition {
  readonly reason: BadRecordReason
  /** As in the log. */
  readonly message: string
  /** By the monotonic clock. */
  readonly atMs: number
}

/** Enough to look into; the counts say how many there were. */
const recentMax = 200

/**
 * How many bad records are logged a minute for each topic and reason, so that a topic full of them neither fills the disk nor hides
 * another's. All of them are counted.
 */
const logsPerMinuteMax = 100

/** A reason is cut, as it may quote its subject, for example a schema of a megabyte. */
const reasonCharactersMax = 500

/** Logs and counts the records that could not be streamed, and keeps the latest of them. No part of a record is logged, as nobody may be allowed to see it. */
export class BadRecords {
  private minute = 0
  /** The records that were skipped in this minute, by topic and reason. */
  private readonly skipped = new Map<string, number>()
  private readonly kept: BadRecord[] = []

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** The latest, the newest first. */
  recent(): readonly BadRecord[] {
    return this.kept.toReversed()
  }

  /** Any error but a `BadRecordError` is a fault in this process, which must not stop the record's neighbours either. */
  readonly report = ({ topic, partition, offset }: RecordPosition, error: unknown): void => {
    const reason = error instanceof BadRecordError ? error.reason : 'internal_error'
    const message = shortened(error instanceof Error ? error.message : String(error))
    Meter.count(this.meter.badRecords, reason)
    this.keep({ topic, partition, offset, reason, message, atMs: this.clock.monotonicMs() })
    if (!this.mayLog(`${topic}: ${reason}`)) return
    const fields = { topic, partition, offset, reason, ...(reason === 'internal_error' && { err: error }) }
    this.log.warn(fields, `A record is skipped: ${message}.`)
  }

  private keep(record: BadRecord): void {
    if (this.kept.push(record) > recentMax) this.kept.shift()
  }

  private mayLog(what: string): boolean {
    const minute = Math.floor(this.clock.monotonicMs() / 60_000)
    if (minute !== this.minute) this.beginMinute(minute)
    Meter.count(this.skipped, what)
    return this.skipped.get(what)! <= logsPerMinuteMax
  }

  private beginMinute(minute: number): void {
    for (const [what, count] of this.skipped)
      if (count > logsPerMinuteMax)
        this.log.warn({ skipped: count, logged: logsPerMinuteMax }, `More records were skipped than logged, ${what}.`)
    this.skipped.clear()
    this.minute = minute
  }
}

function shortened(message: string): string {
  return message.length <= reasonCharactersMax ? message : `${message.slice(0, reasonCharactersMax)}...`
}
