import type { Clock } from '#clock.js'
import { eventLoopBusyShare, FetchPace } from './fetch-pace.js'
import type { KafkaConsumer } from './kafka-connection.js'
import type { KafkaPulse } from './kafka-pulse.js'
import type { KafkaRecordBatch } from './kafka-record-batch.js'

export interface ReadOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** What one answer brings for one partition, in bytes, unless a single batch is larger. */
  readonly partitionBytesMax: number
  /** Called for each partition whose reading begins, or begins again. Answers the offset to begin at; undefined is the oldest record. */
  begin(topic: string, partition: number): number | undefined
  /** Takes record batches in the partition's order. What it throws ends the reader. */
  receive(batch: FetchedBatch): Reception
}

export interface Reception {
  /** Whether that partition may be fetched further; otherwise `resume` says when. */
  readonly mayGoOn: boolean
  /** The offset that it is fetched from next, where that is not behind what came. */
  readonly fetchFrom?: number
}

/** Part of the events of kafkajs, but not of its types. */
interface BrokerEvent {
  readonly payload: { readonly nodeId: number }
}

export interface FetchedBatch {
  readonly topic: string
  readonly partition: number
  readonly batches: readonly KafkaRecordBatch[]
  /** The offset that the log's next record gets. */
  readonly endOffset: string
}

/** What an answer brings for a partition that may still be fetched to its end, in bytes. */
const littleBytes = 16 * 1024
/** A reader that is silent for longer has stopped without saying so, in milliseconds. */
const silenceMsMax = 30_000
/** How many batches of one answer are handed on before the pause. The others follow after it. */
const handedOnAtOnce = 128

/** One run of a consumer, from joining its group to the first failure. It is never run twice. */
export class KafkaReader {
  /** Resolves with the reason when the reader has failed or was stopped; it hands on nothing more then. */
  readonly lost: Promise<string>
  private lose!: (reason: string) => void
  private open = true
  private joined = false
  private heardAt: number
  private cancelListening: () => void = () => undefined
  private readonly pace: FetchPace

  /** `leave` ends the consumer's connections within a limit of time. */
  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly options: ReadOptions,
    private readonly clock: Clock,
    private readonly pulse: KafkaPulse,
    private readonly leave: () => Promise<void>,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve))
    this.heardAt = clock.monotonicMs()
    this.pace = new FetchPace(clock, eventLoopBusyShare())
  }

  /** Resolves when the group is joined and the partitions are being read. @throws Error when that cannot be. */
  async run(): Promise<void> {
    await this.consumer.connect()
    await this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true })
    const joined = this.observe()
    await this.consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: handedOnAtOnce,
      eachBatch: ({ batch }) => this.handOn(batch),
    })
    const failed = this.lost.then((reason) => Promise.reject(new Error(reason)))
    await Promise.race([joined, failed])
    this.listen()
  }

  async stop(): Promise<void> {
    this.end('stopped')
    await this.leave()
  }

  /** Before the group is joined nothing is paused, and kafkajs would throw. */
  resume(topic: string, partition: number): void {
    if (this.open && this.joined) this.consumer.resume([{ topic, partitions: [partition] }])
  }

  /** Resolves when the group is joined for the first time. */
  private observe(): Promise<void> {
    const { GROUP_JOIN, CRASH, FETCH, FETCH_START } = this.consumer.events
    const { pulse } = this
    this.consumer.on(FETCH_START, ({ payload }: BrokerEvent) => pulse.asked(payload.nodeId))
    this.consumer.on(FETCH, ({ payload }: BrokerEvent) => {
      this.heardAt = this.clock.monotonicMs()
      pulse.answered(payload.nodeId)
    })
    this.consumer.on(CRASH, ({ payload }) => this.end(payload.error.message))
    return new Promise((resolve) => {
      this.consumer.on(GROUP_JOIN, ({ payload }) => {
        this.begin(payload.memberAssignment)
        this.joined = true
        resolve()
      })
    })
  }

  private end(reason: string): void {
    this.open = false
    this.cancelListening()
    this.lose(reason)
  }

  /** Called during joining, before the first fetch. Left alone, kafkajs would begin at the logs' ends each time it joins its group. */
  private begin(assignment: Record<string, number[]>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const position = this.options.begin(topic, partition)
        if (position !== undefined) this.consumer.seek({ topic, partition, offset: String(position) })
      }
    }
  }

  /** Does not wait for the records to be processed: kafkajs fetches nothing for any partition until this returns. */
  private async handOn(batch: { topic: string; partition: number; highWatermark: string; messages: unknown }): Promise<void> {
    if (!this.open) return
    const { topic, partition, highWatermark: endOffset } = batch
    // kafkajs calls them messages; `kafka-fetch-answer.ts` made them from the broker's answer.
    const batches = batch.messages as KafkaRecordBatch[]
    try {
      const { mayGoOn, fetchFrom } = this.options.receive({ topic, partition, batches, endOffset })
      if (!mayGoOn) this.consumer.pause([{ topic, partitions: [partition] }])
      if (fetchFrom !== undefined) this.consumer.seek({ topic, partition, offset: String(fetchFrom) })
    } catch (error) {
      this.end((error as Error).message)
    }
    if (leavesMore(batches, endOffset)) this.pace.hurry()
    else await this.pace.pause()
  }

  private listen(): void {
    if (!this.open) return
    const silenceMs = this.clock.monotonicMs() - this.heardAt
    if (silenceMs > silenceMsMax) this.end(`nothing heard for ${Math.round(silenceMs)} ms`)
    else this.cancelListening = this.clock.after(silenceMsMax / 2, () => this.listen())
  }
}

/**
 * Whether the log still holds more than the answer brought. What was written while the broker answered does not count: it is less than the
 * answer itself. A small answer does not count either, as an open transaction may hold back the rest.
 */
function leavesMore(batches: readonly KafkaRecordBatch[], endOffset: string): boolean {
  const [first, last] = [batches[0], batches.at(-1)]
  if (first === undefined || last === undefined || Number(endOffset) - last.lastOffset < last.lastOffset - first.firstOffset) return false
  return batches.reduce((bytes, { length }) => bytes + length, 0) > littleBytes
}
