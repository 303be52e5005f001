import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeederCommands } from '../feed/feeder-process.js'
import type { Fed, FeedOrder } from '../feed/event-log.js'
import { KafkaTopics } from '../../test/support/kafka-topics.js'
import { realParts, type RealParts } from '../../test/support/real-parts.js'
import { registerSchema } from '../../test/support/registry-subjects.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import { Child } from './child.js'

/** The entity's topic, its partitions and the id of its schema. */
export interface Topic {
  readonly name: string
  readonly partitions: number
  readonly schemaId: number
}

/** What trials need beside the server that is measured: a broker, a registry and a feeder; or nothing but memory. */
export class Lab {
  private topics = 0
  /** For files that a server reads. */
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))

  private constructor(
    /** Undefined: without Kafka, the servers feed themselves. */
    readonly parts: RealParts | undefined,
    private readonly admin: KafkaTopics | undefined,
    private readonly feeder: Child<FeederCommands> | undefined,
    /** A folder for profiles of the gateway; undefined: none are taken, as they cost it some of its speed. */
    readonly profiles: string | undefined,
  ) {}

  static async open(memory: boolean, profiles?: string): Promise<Lab> {
    if (memory) return new Lab(undefined, undefined, undefined, profiles)
    const parts = await realParts()
    return new Lab(parts, await KafkaTopics.connect(parts.brokers), Child.start<FeederCommands>('bench/feed/feeder-process'), profiles)
  }

  /** A topic of its own for a trial, so that nothing of another one is in it. The feeder writes to it from here on. */
  async freshTopic(partitions: number, extra?: ExtraFields): Promise<Topic> {
    const name = `bench-${process.pid}-${Date.now().toString(36)}-${this.topics++}`
    if (this.parts === undefined) return { name, partitions, schemaId: 1 }
    await this.admin!.create(name, partitions)
    const schemaId = await this.register(name, extra)
    await this.feeder!.ask('open', { brokers: this.parts.brokers, topic: name, partitions, schemaId, extra })
    return { name, partitions, schemaId }
  }

  /** Registers a further version of the topic's schema, and has the feeder use it from that event on. */
  async changeSchema({ name }: Topic, extra: ExtraFields, fromSequence: number): Promise<void> {
    const schemaId = await this.register(name, extra)
    await this.feeder!.ask('change', { schemaId, extra, fromSequence })
  }

  async dropTopic({ name }: Topic): Promise<void> {
    await this.admin?.delete(name)
  }

  /** Into Kafka. Resolves when all has been acknowledged. */
  feed(order: FeedOrder): Promise<Fed> {
    return this.feeder!.ask('feed', order)
  }

  async close(): Promise<void> {
    await Promise.all([this.admin?.close(), this.feeder?.stop()])
    rmSync(this.folder, { recursive: true, force: true })
  }

  private register(topic: string, extra: ExtraFields | undefined): Promise<number> {
    return registerSchema(this.parts!.registryUrl, `${topic}-value`, new OrderVersion(extra).eventSchema)
  }
}
