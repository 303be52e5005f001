import { type BackOff, backOffMs } from '#back-off.js'
import { type Clock, pause } from '#clock.js'
import type { Log } from '#log.js'
import { keyPartition } from '#kafka/murmur2.js'
import { PublishError } from '../publish-error.js'
import { type ConnectProducer, type OutgoingRecord, type RecordProducer, SendFailure } from '#kafka/record-producer.js'
import { countedBytes, type QueuedRecord, RecordQueue } from './record-queue.js'

export interface SenderLimits {
  /** The most that waits and is under way together. Beyond it records are refused. */
  readonly queueBytesMax: number
  /** The limit of one batch, and so of one record. */
  readonly batchBytesMax: number
  readonly deliveryTimeoutMs: number
  readonly closeTimeoutMs: number
}

/** The place of a record that was sent. The offset is a decimal text, as kafkajs's producer answers it. */
export interface SentRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** The pauses between tries of the same batch. */
const retries: BackOff = { firstMs: 50, maxMs: 1000 }

/**
 * What enters: records. What leaves: batches, of one partition each, one at a time and in order. The same producer sends a failed batch
 * again, unchanged, until Kafka has answered or the batch's time is over. After that nobody knows whether it was written, and its sequence
 * numbers may be taken. So it is given up, and a new producer goes on with the next batch.
 *
 * Meanwhile all other partitions wait. Kafka and kafkajs count for each partition alone, so other partitions could go first. But after a
 * batch in doubt is given up a new producer is needed, while other batches in doubt are only written once by the old one. Both would have
 * to stay, and no test has shown yet that two producers lose and double nothing.
 */
export class Sender {
  private readonly queue = new RecordQueue()
  private bytesUnderWay = 0
  private producer: RecordProducer | undefined
  private running: Promise<void> | undefined
  private underWay: readonly QueuedRecord[] = []
  private isClosed = false
  private isOver = false

  /** The producer that still knows the partitions while the next one is not connected yet. */
  private lastSeen: RecordProducer

  constructor(
    first: RecordProducer,
    private readonly connect: ConnectProducer,
    private readonly limits: SenderLimits,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.producer = first
    this.lastSeen = first
  }

  /** Resolves once all in-sync replicas have the record. Records of one key arrive in the order of the calls. @throws PublishError */
  async send(topic: string, record: OutgoingRecord): Promise<SentRecord> {
    this.refuseBeyondLimits(countedBytes(record))
    const partition = partitionOf(record.key, this.lastSeen.partitionsOf(topic))
    const deadlineMs = this.clock.monotonicMs() + this.limits.deliveryTimeoutMs
    const offset = await new Promise<bigint>((resolve, reject) => {
      this.queue.add({ topic, partition, record, deadlineMs, resolve, reject })
      this.running ??= this.run()
    })
    return { topic, partition, offset: String(offset) }
  }

  private refuseBeyondLimits(bytes: number): void {
    const { batchBytesMax, queueBytesMax } = this.limits
    if (this.isClosed) throw new PublishError('closed')
    if (bytes > batchBytesMax) throw new PublishError('too_large', `${bytes} bytes of at most ${batchBytesMax}`)
    if (this.queue.bytes + this.bytesUnderWay + bytes > queueBytesMax)
      throw new PublishError('queue_full', `at most ${queueBytesMax} bytes`)
  }

  /** Takes no more records, and sends those that wait. Records that were not sent within the time limit are rejected. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.untilSent()
    this.isOver = true
    for (const { reject } of this.underWay) reject(new PublishError('outcome_unknown', 'the publisher was closed'))
    for (const { reject } of this.queue.takeAll()) reject(new PublishError('not_sent', 'the publisher was closed'))
    await this.producer?.close()
  }

  /** Resolves when all is sent, or at the time limit. */
  private untilSent(): Promise<void> {
    const { running = Promise.resolve() } = this
    return new Promise((resolve) => {
      const cancel = this.clock.after(this.limits.closeTimeoutMs, resolve)
      void running.then(cancel).then(resolve)
    })
  }

  private async run(): Promise<void> {
    await new Promise<void>((resolve) => this.clock.nextTick(resolve)) // What is published in one tick goes together.
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
      this.underWay = batch
      this.bytesUnderWay = batch.reduce((sum, { record }) => sum + countedBytes(record), 0)
      await this.sendToEnd(batch)
      this.underWay = []
      this.bytesUnderWay = 0
    }
    this.running = undefined
  }

  private nextBatch(): QueuedRecord[] {
    this.dropOverdue()
    if (this.producer?.isWorn() === true) this.dropProducer()
    return this.queue.takeBatch(this.limits.batchBytesMax)
  }

  private async sendToEnd(batch: readonly QueuedRecord[]): Promise<void> {
    let isInDoubt = false
    for (let failures = 0; !this.isOver; failures++) {
      const failure = await this.attempt(batch)
      if (failure === undefined) return
      const kind = failure instanceof SendFailure ? failure.kind : 'not_connected'
      if ((kind === 'refused' || kind === 'record_refused') && !isInDoubt) {
        await this.rejectRefused(batch, kind, failure)
        return
      }
      const isFinal = kind === 'hung' || (isInDoubt && kind !== 'unsure') || this.clock.monotonicMs() >= batch[0]!.deadlineMs
      isInDoubt ||= kind === 'unsure' || kind === 'hung'
      if (isFinal) {
        this.giveUp(batch, isInDoubt, failure)
        return
      }
      if (kind === 'sequence_lost') this.dropProducer()
      this.log.warn(
        { reason: failure.message, topic: batch[0]!.topic, records: batch.length },
        'A batch could not be sent; it is tried again.',
      )
      this.dropOverdue()
      await pause(this.clock, backOffMs(retries, failures))
    }
  }

  /**
   * Sends a batch with a refused record again in halves, in their order, so that records of other callers are not refused with it. That
   * doubles nothing, as Kafka wrote nothing of the batch.
   */
  private async rejectRefused(batch: readonly QueuedRecord[], kind: 'refused' | 'record_refused', { message }: Error): Promise<void> {
    if (kind === 'refused' || batch.length === 1) {
      rejectAll(batch, new PublishError('refused', message))
      return
    }
    const middle = Math.ceil(batch.length / 2)
    await this.sendToEnd(batch.slice(0, middle))
    await this.sendToEnd(batch.slice(middle))
  }

  /** Answers what went wrong; undefined when the batch was written. */
  private async attempt(batch: readonly QueuedRecord[]): Promise<Error | undefined> {
    const { topic, partition } = batch[0]!
    try {
      const producer = (this.producer ??= await this.connectNext())
      const first = await producer.send({ topic, partition, records: batch.map(({ record }) => record) })
      batch.forEach(({ resolve }, index) => resolve(first + BigInt(index)))
      return undefined
    } catch (error) {
      return error as Error
    }
  }

  /** A producer that connects after the publisher was closed must neither send nor stay. */
  private async connectNext(): Promise<RecordProducer> {
    const next = await this.connect()
    if (this.isOver) {
      void next.close()
      throw new Error('the publisher is closed')
    }
    return (this.lastSeen = next)
  }

  private giveUp(batch: readonly QueuedRecord[], isInDoubt: boolean, { message }: Error): void {
    this.log.error({ reason: message, topic: batch[0]!.topic, records: batch.length }, 'A batch was given up.')
    if (isInDoubt) this.dropProducer()
    rejectAll(batch, new PublishError(isInDoubt ? 'outcome_unknown' : 'not_sent', message))
  }

  private dropOverdue(): void {
    rejectAll(this.queue.takeOverdue(this.clock.monotonicMs()), new PublishError('not_sent'))
  }

  private dropProducer(): void {
    void this.producer?.close()
    this.producer = undefined
  }
}

function rejectAll(batch: readonly QueuedRecord[], error: PublishError): void {
  for (const { reject } of batch) reject(error)
}

function partitionOf(key: string, partitions: number | undefined): number {
  if (partitions === undefined) throw new PublishError('not_sent', 'the topic is not known')
  return keyPartition(Buffer.from(key), partitions)
}
