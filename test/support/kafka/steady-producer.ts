import type { KafkaTopics } from './kafka-topics.js'
import type { WriteChange } from '../gateway/order-layouts.js'
import { orderOf, type OrderChange } from '../values/streamed-order.js'

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
