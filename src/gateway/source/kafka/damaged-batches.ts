import type { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import { Meter } from '../../observe/meter.js'
import { DamagedEnd, type ProbeAnswer } from '#kafka/damaged-end.js'
import type { KafkaRecordBatch } from '#kafka/kafka-record-batch.js'

/** A damaged batch that came where the next record of a partition was to be read. */
export interface Damage {
  readonly topic: string
  readonly partition: number
  /** The offset that was to be read next. It counts instead of the batch's own offset, which may be wrong. */
  readonly position: number
  readonly batch: KafkaRecordBatch
  /** The batches that came behind it. */
  readonly following: readonly KafkaRecordBatch[]
  /** The offset that the log's next record gets. */
  readonly endOffset: number
}

export interface FetchAgain {
  readonly fromOffset: number
  readonly afterMs: number
}

/**
 * How often a damaged batch is fetched, and the pause before the second time, in milliseconds. The pause doubles, 7.5 s in all. In this
 * time a connection is made anew or another broker takes over, and only that partition waits.
 */
const fetchesMax = 6
const pauseMsMin = 250

/**
 * Decides what becomes of batches whose bytes were changed on the way or on a broker's disk. Each is fetched again some times, and then
 * skipped, counted and logged: a disk does not mend itself, and the partition would stand still for ever.
 */
export class DamagedBatches {
  /** By partition: the place of the damaged batch, and how often it was fetched. */
  private readonly known = new Map<string, { readonly position: number; readonly fetches: number }>()

  /** By partition: the batch that was given up last, until a sound one has come behind it. */
  private readonly givenUp = new Map<string, DamagedEnd>()

  constructor(
    private readonly log: Log,
    private readonly meter: Meter,
    /** The pace of lines on batches that go on. A batch that states an end behind the log's end goes on with each new record. */
    private readonly pace: LinePace,
  ) {}

  met(damage: Damage): FetchAgain {
    const { topic, partition, position, batch } = damage
    const name = `${topic}/${partition}`
    const before = this.known.get(name)
    const fetches = before?.position === position ? before.fetches + 1 : 1
    if (fetches >= fetchesMax) return this.skip(name, damage)
    this.known.set(name, { position, fetches })
    if (fetches === 1)
      this.log.warn({ topic, partition, offset: position, reason: batch.damage }, 'A batch is damaged; it is fetched again.')
    return { fromOffset: position, afterMs: pauseMsMin * 2 ** (fetches - 1) }
  }

  /**
   * Where to fetch next while the end of a batch that was given up is being looked for. Undefined where no end is looked for, or the answer
   * is what comes behind it: the answer is read as any other then.
   */
  passes(topic: string, partition: number, position: number, answer: ProbeAnswer): FetchAgain | undefined {
    const name = `${topic}/${partition}`
    const end = this.givenUp.get(name)
    if (end === undefined) return undefined
    const before = end.passedTo
    if (end.probe !== position || !end.goesOnWith(answer)) {
      this.givenUp.delete(name)
      return undefined
    }
    if (end.passedTo > before) {
      Meter.count(this.meter.offsetsSkipped, 'damaged_batch', end.passedTo - before)
      const fields = { topic, partition, firstOffset: before, lastOffset: end.passedTo - 1 }
      if (this.pace.next() === 'log')
        this.log.error(fields, 'A damaged batch goes on behind where it was thought to end, and is skipped further.')
    }
    return { fromOffset: end.probe, afterMs: 0 }
  }

  private skip(name: string, damage: Damage): FetchAgain {
    const { topic, partition, position, batch } = damage
    const fromOffset = offsetBehind(damage)
    this.known.delete(name)
    this.givenUp.set(name, new DamagedEnd(batch, fromOffset))
    Meter.count(this.meter.offsetsSkipped, 'damaged_batch', fromOffset - position)
    const fields = { topic, partition, firstOffset: position, lastOffset: fromOffset - 1, reason: batch.damage, fetches: fetchesMax }
    this.log.error(fields, 'A batch is damaged however often it is fetched, and is skipped.')
    return { fromOffset, afterMs: 0 }
  }
}

/** The beginning of the next sound batch, or else the end that the damaged batch states, if that can be, or else one offset further. */
function offsetBehind({ position, batch, following, endOffset }: Damage): number {
  const next = following.find(({ damage, firstOffset }) => damage === undefined && firstOffset > position)
  if (next !== undefined) return next.firstOffset
  const stated = batch.lastOffset + 1
  return stated > position && stated <= endOffset ? stated : position + 1
}
