import { ReplaySubject } from 'rxjs'
import type { Clock } from '#clock.js'
import type { Partition, PartitionSource, ReadFrom, SourceStatus } from '../partition-source.js'
import { TurnShares } from '../turn-shares.js'
import { MemoryPartition } from './memory-partition.js'
import type { MemoryTopics, TopicReader } from './memory-topics.js'

// What enters: the records of topics in memory. What leaves: the same records, in batches for each partition, from the ends of the logs at
// the start, or from their beginnings. Dropped: nothing but what its log has dropped before it was read.

/** Reads topics in memory: the source of the embedded default and of simulations. */
export class MemorySource implements PartitionSource, TopicReader {
  private readonly found = new ReplaySubject<Partition>()
  readonly partitions$ = this.found.asObservable()
  private readonly wanted = new Map<string, ReadFrom>()
  private readonly reading = new Map<string, readonly MemoryPartition[]>()
  private readonly turnShares = new TurnShares()
  private state: 'new' | 'started' | 'stopped' = 'new'
  private readonly detach: () => void

  constructor(
    private readonly topics: MemoryTopics,
    private readonly clock: Clock,
  ) {
    this.detach = topics.attach(this)
  }

  start(topics: readonly string[], from?: ReadFrom): Promise<void> {
    this.state = 'started'
    return this.add(topics, from)
  }

  add(topics: readonly string[], from: ReadFrom = 'end'): Promise<void> {
    for (const topic of topics) {
      if (!this.wanted.has(topic)) this.wanted.set(topic, from)
      this.read(topic)
    }
    return Promise.resolve()
  }

  skipToEnd(topics: readonly string[]): Promise<void> {
    for (const topic of topics) for (const one of this.reading.get(topic) ?? []) one.skipToEnd()
    return Promise.resolve()
  }

  readAgain(topics: readonly string[]): Promise<void> {
    for (const topic of topics) for (const one of this.reading.get(topic) ?? []) one.readAgain()
    return Promise.resolve()
  }

  forbidden(): readonly string[] {
    return []
  }

  topicId(topic: string): string | undefined {
    return this.topics.idOf(topic)
  }

  partitionCount(topic: string): number {
    return this.topics.logsOf(topic)?.length ?? 0
  }

  stop(): Promise<void> {
    this.state = 'stopped'
    this.detach()
    for (const partitions of this.reading.values()) for (const { turns } of partitions) turns.end()
    this.found.complete()
    return Promise.resolve()
  }

  status(): SourceStatus {
    if (this.state !== 'started') return { ready: false, reason: 'the source is not started' }
    const missing = [...this.wanted.keys()].filter((topic) => !this.reading.has(topic))
    return missing.length === 0 ? { ready: true } : { ready: true, reason: `these topics do not exist yet: ${missing.join(', ')}` }
  }

  /** A topic that is made after the start is empty still, so that it is read from its beginning. */
  created(topic: string): void {
    this.read(topic)
  }

  madeAnew(topic: string): void {
    const logs = this.topics.logsOf(topic)!
    for (const [index, one] of (this.reading.get(topic) ?? []).entries()) one.replace(logs[index]!)
  }

  changed(topic: string, partition: number): void {
    this.reading.get(topic)?.[partition]?.turns.wake()
  }

  private read(topic: string): void {
    const [logs, from] = [this.topics.logsOf(topic), this.wanted.get(topic)]
    if (this.state !== 'started' || logs === undefined || from === undefined || this.reading.has(topic)) return
    const { clock, turnShares } = this
    const partitions = logs.map((log, partition) => new MemoryPartition({ topic, partition, clock, turnShares, log, from }))
    this.reading.set(topic, partitions)
    for (const { turns } of partitions) this.found.next(turns)
  }
}
