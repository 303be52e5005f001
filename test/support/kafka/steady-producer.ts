import type { Test } from 'tap'
import { until } from './source-reader.js'
import type { KafkaTopics } from './kafka-topics.js'
import type { WriteChange } from '../gateway/order-layouts.js'
import { orderOf, type OrderChange } from '../values/streamed-order.js'
import type { Update, UpdateStream } from '../clients/update-stream.js'

const pauseMs = 2

/** Writes versions of a few orders without end, each as soon as the one before is acknowledged, and again until it is. */
export class SteadyProducer {
  /** The latest version that the broker has acknowledged; the first one is 1. */
  acknowledged = 0
  private stopped = false
  private readonly ended: Promise<void>

  constructor(
    private readonly topics: KafkaTopics,
    private readonly ids: readonly string[],
    private readonly write: WriteChange,
  ) {
    this.ended = this.run()
  }

  entityIdOf(version: number): string {
    return this.ids[version % this.ids.length]!
  }

  /** Resolves when the last one is acknowledged. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
  }

  /** Whoever sees each version of each order has received all that were acknowledged, those of an order one after the other. */
  async accountFor(t: Test, stream: UpdateStream): Promise<void> {
    const versions = () => stream.updates().map(versionOf)
    await until('as many events as were acknowledged', () => new Set(versions()).size >= this.acknowledged)
    t.same(new Set(versions()), new Set(Array.from({ length: this.acknowledged }, (_, n) => n + 1)), 'none is missing')
    t.same(
      this.ids.filter((id) => !isAscending(stream.updates().filter(({ entity_id }) => entity_id === id))),
      [],
      'none is out of order',
    )
    t.ok(stream.isOpen, 'the connection stayed open')
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.untilAcknowledged(this.acknowledged + 1)
      this.acknowledged++
    }
  }

  private async untilAcknowledged(version: number): Promise<void> {
    const entityId = this.entityIdOf(version)
    const change: OrderChange = { entityId, operation: 'update', timestampMs: Date.now(), order: orderOf(entityId, version, Math.random) }
    const { topic, messages } = this.write(change)
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      try {
        await this.topics.produce(topic, messages)
        return
      } catch {
        // The broker is away, or has just come back; whether it wrote the record is not known.
      }
    }
  }
}

function versionOf({ data }: Update): number {
  return (data as { version: number }).version
}

/** An event that was written twice, as its acknowledgement was lost, may come twice. */
function isAscending(updates: readonly Update[]): boolean {
  const versions = updates.map(versionOf)
  return versions.every((version, at) => at === 0 || version >= versions[at - 1]!)
}
