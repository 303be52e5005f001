import { ReplaySubject } from 'rxjs'
import type { Clock } from '#clock.js'
import type { Partition, PartitionSource, ReadFrom, SourceStatus } from '../partition-source.js'
import { offsetAfter, PartitionTurns } from '../partition-turns.js'
import { TurnShares } from '../turn-shares.js'
import type { MemoryLog } from './memory-log.js'
import type { MemoryTopics, TopicReader } from './memory-topics.js'

// What enters: the records of topics in memory. What leaves: the same records, in batches for each partition, from the ends of the logs at
// the start, or from their beginnings. Dropped: nothing but what its log has dropped before it was read.

/** Reads topics in memory: the source of the embedded default and of simulations. */
export class MemorySource implements PartitionSource, TopicReader {
  private readonly found = new ReplaySubject<Partition>()
  readonly partitions$ = this.found.asObservable()
  private readonly wanted = new Map<string, ReadFrom>()
  /** One for each log of a topic that is read. */
  private readonly turns = new Map<string, readonly PartitionTurns[]>()
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

  stop(): Promise<void> {
    this.state = 'stopped'
    this.detach()
    for (const turns of this.turns.values()) for (const one of turns) one.end()
    this.found.complete()
    return Promise.resolve()
  }

  status(): SourceStatus {
    if (this.state !== 'started') return { ready: false, reason: 'the source is not started' }
    const missing = [...this.wanted.keys()].filter((topic) => !this.turns.has(topic))
    return missing.length === 0 ? { ready: true } : { ready: true, reason: `these topics do not exist yet: ${missing.join(', ')}` }
  }

  /** A topic that is made after the start is empty still, so that it is read from its beginning. */
  created(topic: string): void {
    this.read(topic)
  }

  appended(topic: string, partition: number): void {
    this.turns.get(topic)?.[partition]?.wake()
  }

  private read(topic: string): void {
    const [logs, from] = [this.topics.logsOf(topic), this.wanted.get(topic)]
    if (this.state !== 'started' || logs === undefined || from === undefined || this.turns.has(topic)) return
    const turns = logs.map((log, partition) => this.turnsOf(topic, partition, log, from))
    this.turns.set(topic, turns)
    for (const one of turns) this.found.next(one)
  }

  private turnsOf(topic: string, partition: number, log: MemoryLog, from: ReadFrom): PartitionTurns {
    const endAtStart = log.endOffset
    let position = from === 'end' ? endAtStart : log.beginOffset
    const next = (recordsMax: number) => {
      const batch = log.read(position, recordsMax)
      if (batch.records.length === 0) return undefined
      position = offsetAfter(batch.records)
      return batch
    }
    const { clock, turnShares } = this
    return new PartitionTurns({ topic, partition, clock, turnShares, position, endAtStart, endOffset: () => log.endOffset, next })
  }
}
