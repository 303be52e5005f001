import type { Clock } from '../clock.js'
import { BadRecordError, type BadRecordReason } from '../errors.js'
import type { Log } from './log.js'
import { Meter } from './meter.js'

/** Where a record stands in Kafka. */
export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** A topic full of bad records must not fill the disk: of each reason this many a minute are logged, all are counted. */
const logsPerMinuteMax = 100

/** Logs and counts the records that could not be streamed. Never a part of the record: it may be what nobody may see. */
export class BadRecords {
  private minute = 0
  private readonly logged = new Map<BadRecordReason, number>()

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** Anything but a `BadRecordError` is a fault of ours, which must not stop the record's neighbours either. */
  readonly report = ({ topic, partition, offset }: RecordPosition, error: unknown): void => {
    const reason = error instanceof BadRecordError ? error.reason : 'internal_error'
    Meter.count(this.meter.badRecords, reason)
    if (!this.mayLog(reason)) return
    const message = error instanceof Error ? error.message : String(error)
    const fields = { topic, partition, offset, reason, ...(reason === 'internal_error' && { err: error }) }
    this.log.warn(fields, `A record is skipped: ${message}.`)
  }

  private mayLog(reason: BadRecordReason): boolean {
    const minute = Math.floor(this.clock.now() / 60_000)
    if (minute !== this.minute) this.logged.clear()
    this.minute = minute
    Meter.count(this.logged, reason)
    return this.logged.get(reason)! <= logsPerMinuteMax
  }
}
