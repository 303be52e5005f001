// Enters: the records of the control topics, from the beginning on. Leaves: what their tables say. Dropped: records without a key. Fails:
// nothing; while a topic is missing, has several partitions or was not read to the end that it had at the start, the node is not ready.
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import type { PartitionSource } from '../source/partition-source.js'
import type { ControlStatus, ControlTable } from './control-table.js'
import { ControlTopic } from './control-topic.js'

export interface ControlTopicsOptions {
  /** One of their own: they are read behind nothing else, and until the last client has left. */
  readonly source: PartitionSource
  /** By topic. */
  readonly tables: ReadonlyMap<string, ControlTable>
  /** Which of these topics are not compacted, as far as it is known. */
  readonly uncompacted?: ((topics: readonly string[]) => Promise<readonly string[]>) | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Everything that this node is told by control topics. */
export class ControlTopics {
  readonly topics: readonly ControlTopic[]
  private isPlaced = false
  private isReady = false
  private uncompacted: readonly string[] = []
  private begin!: () => void
  private readonly begun = new Promise<void>((resolve) => (this.begin = resolve))

  constructor(private readonly options: ControlTopicsOptions) {
    const context = { ...options, changed: () => this.note() }
    this.topics = Array.from(options.tables, ([topic, table]) => new ControlTopic(topic, table, context))
  }

  /** Resolves when clients may be let in: all topics have been read to the ends that they had, and say what can be gone by. */
  async start(): Promise<void> {
    const { source } = this.options
    source.partitions$.subscribe((partition) => this.topics.find(({ name }) => name === partition.topic)?.read(partition))
    const names = this.topics.map(({ name }) => name)
    await source.start(names, 'beginning')
    this.isPlaced = true
    this.note()
    void this.warnOfUncompacted(names)
    await this.begun
  }

  async stop(): Promise<void> {
    await this.options.source.stop()
  }

  /** A node that has begun stays ready, as all would leave at once otherwise. What is amiss is said all the same. */
  status(): ControlStatus {
    const reasons = [this.options.source.status().reason, ...this.topics.map((topic) => topic.status().reason), this.uncompactedReason()]
    const said = reasons.filter((reason) => reason !== undefined)
    return { ready: this.isReady, reason: said.length === 0 ? undefined : said.join('; ') }
  }

  private note(): void {
    if (this.isReady || !this.isPlaced || this.topics.some((topic) => !topic.status().ready)) return
    this.isReady = true
    this.begin()
  }

  private async warnOfUncompacted(names: readonly string[]): Promise<void> {
    this.uncompacted = (await this.options.uncompacted?.(names)) ?? []
    const mend = 'With cleanup.policy=compact rights do not change when records grow old.'
    if (this.uncompacted.length > 0) this.options.log.error({ topics: this.uncompacted }, `Control topics are not compacted. ${mend}`)
  }

  private uncompactedReason(): string | undefined {
    return this.uncompacted.length === 0 ? undefined : `these control topics are not compacted: ${this.uncompacted.join(', ')}`
  }
}
