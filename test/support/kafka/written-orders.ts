import type { WriteChange } from '../gateway/order-layouts.js'
import { orderOf, type Order, type OrderChange } from '../values/streamed-order.js'
import type { KafkaTopics } from './kafka-topics.js'

/** A version of an order, and which of its versions that is, from 0 on. */
export interface WrittenVersion {
  readonly n: number
  /** Null where it is deleted. */
  readonly order: Order | null
}

/** Orders on a topic, with all of their versions. */
export class WrittenOrders {
  private readonly versions = new Map<string, WrittenVersion[]>()
  private readonly byTime = new Map<string, WrittenVersion>()
  private readonly byValue = new Map<string, WrittenVersion>()
  private lastMs = Date.now() - 60_000
  private count = 0

  constructor(
    private readonly topics: KafkaTopics,
    private readonly topic: string,
    private readonly write: WriteChange,
    private readonly random: () => number,
  ) {}

  /** Resolves once the broker has them. */
  async change(ids: readonly string[]): Promise<void> {
    await this.topics.produce(
      this.topic,
      ids.flatMap((id) => this.next(id)),
    )
  }

  get ids(): readonly string[] {
    return [...this.versions.keys()]
  }

  of(id: string): readonly WrittenVersion[] {
    return this.versions.get(id) ?? []
  }

  /** By when it was changed, as clients are told. */
  at(timestamp: string | undefined): WrittenVersion | undefined {
    return this.byTime.get(timestamp ?? '')
  }

  /** The latest version of each order, as Kafka has it. */
  async latestInKafka(): Promise<ReadonlyMap<string, WrittenVersion>> {
    const records = await this.topics.contentsOf(this.topic)
    records.sort((one, other) => one.partition - other.partition || Number(one.offset) - Number(other.offset))
    return new Map(records.map(({ key, value }) => [key, this.byValue.get(value!.toString('hex'))!]))
  }

  private next(id: string) {
    this.lastMs++
    const isDelete = this.random() < 0.1
    const order = isDelete ? null : orderOf(id, ++this.count, this.random)
    const change: OrderChange = { entityId: id, operation: isDelete ? 'delete' : 'update', timestampMs: this.lastMs, order }
    const { messages } = this.write(change)
    const before = this.of(id)
    const version = { n: before.length, order }
    this.versions.set(id, [...before, version])
    this.byTime.set(new Date(this.lastMs).toISOString(), version)
    for (const { value } of messages) this.byValue.set((value as Buffer).toString('hex'), version)
    return messages
  }
}
