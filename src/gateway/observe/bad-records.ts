import type { Clock } from '#clock.js'
import { BadRecordError } from '#errors.js'
import type { Log } from '#log.js'
import { Meter } from './meter.js'

/** The place of a record in Kafka. */
export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * How many bad records are logged a minute for each topic and reason, so that a topic full of them neither fills the disk nor hides
 * another's. All of them are counted.
 */
const logsPerMinuteMax = 100

/** A reason is cut, as it may quote its subject, for example a schema of a megabyte. */
const reasonCharactersMax = 500

/** Logs and counts the records that could not be streamed. No part of a record is logged, as nobody may be allowed to see it. */
export class BadRecords {
  private minute = 0
  /** The records that were skipped in this minute, by topic and reason. */
  private readonly skipped = new Map<string, number>()

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** Any error but a `BadRecordError` is a fault in this process, which must not stop the record's neighbours either. */
  readonly report = ({ topic, partition, offset }: RecordPosition, error: unknown): void => {
    const reason = error instanceof BadRecordError ? error.reason : 'internal_error'
    Meter.count(this.meter.badRecords, reason)
    if (!this.mayLog(`${topic}: ${reason}`)) return
    const message = shortened(error instanceof Error ? error.message : String(error))
    const fields = { topic, partition, offset, reason, ...(reason === 'internal_error' && { err: error }) }
    this.log.warn(fields, `A record is skipped: ${message}.`)
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
