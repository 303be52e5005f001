import {
  type ConnectProducer,
  type OutgoingRecord,
  type PartitionRecords,
  type RecordProducer,
  SendFailure,
} from '#kafka/record-producer.js'

/** What becomes of one attempt; `unanswered` is written and its answer lost, `unreached` is not written and says just as little. */
export type Fate =
  'answered' | 'unanswered' | 'unreached' | 'refused' | 'record_refused' | 'sequence_lost' | 'hung' | 'hung_written' | 'waiting'

interface LastBatch {
  readonly sequence: number
  readonly count: number
  readonly offset: number
}

/**
 * A Kafka that writes what an idempotent producer sends again only once: it goes by the producer's id and the numbers of the batch, and
 * never by what is in it. Its producers are like those of kafkajs, which take their numbers back whenever an attempt fails.
 */
export class FakeLog {
  /** Keys and values in the order in which they were written, by `topic/partition`. */
  readonly written = new Map<string, string[]>()
  /** The same records as they came, of all partitions. */
  readonly records: (OutgoingRecord & { readonly topic: string })[] = []
  /** How many attempts were made, and how many producers. */
  attempts = 0
  producers = 0
  closed = 0
  /** The most attempts that were under way at a time. */
  underWayMost = 0
  /** Attempts of a producer of which one has hung, and may still be at it. */
  misuses = 0
  isReachable = true
  /** Whether Kafka takes no batch in which such a record is. */
  isRefused: (record: OutgoingRecord) => boolean = () => false
  private underWay = 0
  private readonly last = new Map<string, LastBatch>()
  private readonly answers: (() => void)[] = []

  constructor(
    readonly partitions = 2,
    /** The fate of each attempt in turn. */
    public nextFate: () => Fate = () => 'answered',
  ) {}

  readonly connect: ConnectProducer = () =>
    this.isReachable ? Promise.resolve(this.newProducer()) : Promise.reject(new Error('nobody there'))

  /** Lets the attempts that are `waiting` go on. */
  answer(): void {
    for (const answer of this.answers.splice(0)) answer()
  }

  newProducer(): RecordProducer {
    const id = this.producers++
    const sequences = new Map<string, number>()
    let hasHung = false
    return {
      partitionsOf: () => this.partitions,
      isWorn: () => false,
      close: () => {
        this.closed++
        return Promise.resolve()
      },
      send: async (batch) => {
        if (hasHung) this.misuses++
        const place = `${batch.topic}/${batch.partition}`
        const sequence = sequences.get(place) ?? 0
        const offset = await this.attempt(`${id}:${place}`, sequence, batch).catch((error: unknown) => {
          hasHung = (error as SendFailure).kind === 'hung'
          throw error
        })
        sequences.set(place, sequence + batch.records.length)
        return BigInt(offset)
      },
    }
  }

  private async attempt(name: string, sequence: number, batch: PartitionRecords): Promise<number> {
    this.attempts++
    this.underWayMost = Math.max(this.underWayMost, ++this.underWay)
    try {
      const fate = this.nextFate()
      if (fate === 'waiting') await new Promise<void>((resolve) => this.answers.push(resolve))
      if (batch.records.some(this.isRefused)) throw new SendFailure('record_refused', 'one of them')
      if (fate === 'refused' || fate === 'record_refused' || fate === 'sequence_lost' || fate === 'hung') throw new SendFailure(fate, fate)
      if (fate === 'unreached') throw new SendFailure('unsure', fate)
      const offset = this.write(name, sequence, batch)
      if (fate === 'unanswered') throw new SendFailure('unsure', fate)
      if (fate === 'hung_written') throw new SendFailure('hung', fate)
      return offset
    } finally {
      this.underWay--
    }
  }

  private write(name: string, sequence: number, { topic, partition, records }: PartitionRecords): number {
    const last = this.last.get(name)
    if (last?.sequence === sequence && last.count === records.length) return last.offset
    const expected = last === undefined ? 0 : last.sequence + last.count
    if (sequence !== expected) throw new SendFailure('sequence_lost', `${sequence} instead of ${expected}`)
    const place = `${topic}/${partition}`
    const log = this.written.get(place) ?? []
    this.written.set(place, log)
    this.last.set(name, { sequence, count: records.length, offset: log.length })
    this.records.push(...records.map((record) => ({ topic, ...record })))
    return log.push(...records.map(({ key, value }) => `${key} ${String(value)}`)) - records.length
  }
}
