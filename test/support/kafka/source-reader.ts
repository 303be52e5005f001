import type { PartitionSource, RecordBatch } from '#gateway/source/partition-source.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'

/** Reads a source to the end, and releases every batch at once unless told to hold a partition's. */
export class SourceReader {
  readonly partitions: string[] = []
  readonly batches: RecordBatch[] = []
  /** Partitions whose batches are kept. */
  readonly held = new Set<string>()
  /** What each record is said to have come to. */
  deliveriesPerRecord = 0
  completed = 0
  /** What has happened in each partition, in order: the values that came, and `break`. */
  readonly stories = new Map<string, string[]>()
  /** Who has caught up, by the partition's name; after a break with `again` behind it. */
  readonly caughtUp: string[] = []
  private readonly lags = new Map<string, () => number>()
  private readonly byPartition = new Map<string, KafkaRecord[]>()

  constructor(source: PartitionSource) {
    source.partitions$.subscribe((partition) => {
      this.partitions.push(nameOf(partition))
      this.lags.set(nameOf(partition), partition.lag)
      this.stories.set(nameOf(partition), [])
      void partition.caughtUp.then(() => this.caughtUp.push(nameOf(partition)))
      partition.breaks$.subscribe(({ caughtUp }) => {
        this.stories.get(nameOf(partition))!.push('break')
        void caughtUp.then(() => this.caughtUp.push(`${nameOf(partition)} again`))
      })
      partition.batches$.subscribe({ next: (batch) => this.take(batch), complete: () => (this.completed += 1) })
    })
  }

  get records(): KafkaRecord[] {
    return this.batches.flatMap((batch) => batch.records)
  }

  /** Values as text, in the order in which they came; tombstones are null. */
  values(of?: string): (string | null)[] {
    const batches = of === undefined ? this.batches : this.batches.filter((batch) => nameOf(batch) === of)
    return batches.flatMap((batch) => batch.records.map(({ value }) => value && value.toString()))
  }

  /** In the order in which they came. */
  recordsOf(partition: string): readonly KafkaRecord[] {
    return this.byPartition.get(partition) ?? []
  }

  /** The partition in which a value came. */
  partitionOf(value: string): string {
    const batch = this.batches.find(({ records }) => records.some((record) => record.value?.toString() === value))
    if (batch === undefined) throw new Error(`${value} has not come`)
    return nameOf(batch)
  }

  lagOf(partition: string): number | undefined {
    return this.lags.get(partition)?.()
  }

  releaseAll(): void {
    this.held.clear()
    for (const batch of this.batches) batch.release(0)
  }

  private take(batch: RecordBatch): void {
    this.batches.push(batch)
    const name = nameOf(batch)
    const records = this.byPartition.get(name)
    if (records === undefined) this.byPartition.set(name, [...batch.records])
    else records.push(...batch.records)
    this.stories.get(name)!.push(...batch.records.map(({ value }) => String(value)))
    if (!this.held.has(name) && !this.held.has('*')) batch.release(batch.records.length * this.deliveriesPerRecord)
  }
}

function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`
}

/** Looks again until the condition holds. @throws Error after the time limit, naming what did not come. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
