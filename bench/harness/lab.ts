import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeederCommands } from '../feed/feeder-process.js'
import type { Fed, FeedOrder } from '../feed/event-log.js'
import type { SinkAddress } from '../feed/record-sink.js'
import { KafkaTopics } from '../../test/support/kafka/kafka-topics.js'
import { realParts, type RealParts } from '../../test/support/real-parts/real-parts.js'
import { deleteSubject, registerSchema } from '../../test/support/schemas/registry-subjects.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import { Child } from './child.js'
import { ControlTopic } from './control-topic.js'

/** The entity's topic. */
export interface Topic {
  readonly name: string
  readonly partitions: number
  /** The fields that its records have beside the plain ones. */
  readonly extra: ExtraFields | undefined
  /** So many owners have the orders in turn; undefined: each has an owner of its own. */
  readonly owners: number | undefined
}

/** What trials need beside the server that is measured: a feeder, and a broker and a registry unless all is to be in memory. */
export class Lab {
  private topics = 0
  /** Those that stand in the broker and the registry. */
  private readonly standing = new Set<string>()
  /** For files that a server reads. */
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  private readonly feeder = Child.start<FeederCommands>('bench/feed/feeder-process')

  private constructor(
    /** Undefined: without Kafka, the log of each gateway is in its own memory. */
    readonly parts: RealParts | undefined,
    private readonly admin: KafkaTopics | undefined,
    /** A folder for profiles of the gateway; undefined: none are taken, as they cost it some of its speed. */
    readonly profiles: string | undefined,
    /** Whether the gateway is asked for its stages while it is measured, which costs it some of its speed. */
    readonly samplesStages: boolean,
  ) {}

  static async open(memory: boolean, profiles?: string, samplesStages = false): Promise<Lab> {
    if (memory) return new Lab(undefined, undefined, profiles, samplesStages)
    const parts = await realParts()
    return new Lab(parts, await KafkaTopics.connect(parts.brokers), profiles, samplesStages)
  }

  /** A topic of its own for a trial, so that nothing of another one is in it. The feeder writes to it from here on. */
  async freshTopic(shape: Omit<Topic, 'name'>): Promise<Topic> {
    const topic = { ...shape, name: `bench-${process.pid}-${Date.now().toString(36)}-${this.topics++}` }
    if (this.parts === undefined) return topic
    this.standing.add(topic.name)
    await this.admin!.create(topic.name, topic.partitions)
    await this.feedInto(topic, { brokers: this.parts.brokers, topic: topic.name }, await this.register(topic, topic.extra))
    return topic
  }

  /** A topic as those are that say who may see what, by which nobody feeds. Only with Kafka. */
  async freshControlTopic(): Promise<ControlTopic> {
    const name = `bench-${process.pid}-${Date.now().toString(36)}-control-${this.topics++}`
    this.standing.add(name)
    return await ControlTopic.create(this.admin!, this.parts!.brokers, name)
  }

  /** Where the records of a topic go from here on. */
  async feedInto({ partitions, extra, owners }: Topic, address: SinkAddress, schemaId: number): Promise<void> {
    await this.feeder.ask('open', { address, partitions, schemaId, extra, owners })
  }

  /** In the registry. Answers the id. */
  register({ name }: Topic, extra: ExtraFields | undefined): Promise<number> {
    return registerSchema(this.parts!.registryUrl, `${name}-value`, new OrderVersion(extra).eventSchema)
  }

  /** Has the feeder use a further version of the schema from that event on. */
  async changeSchema(schemaId: number, extra: ExtraFields, fromSequence: number): Promise<void> {
    await this.feeder.ask('change', { schemaId, extra, fromSequence })
  }

  /** They may be on somebody's own broker and in a registry that is not ours either. */
  async dropTopic({ name }: Pick<Topic, 'name'>): Promise<void> {
    if (!this.standing.delete(name)) return
    await this.admin!.delete(name)
    await deleteSubject(this.parts!.registryUrl, `${name}-value`)
  }

  get feederPid(): number {
    return this.feeder.pid
  }

  /** Resolves when all has been acknowledged. */
  feed(order: FeedOrder): Promise<Fed> {
    return this.feeder.ask('feed', order)
  }

  /** Ends what is left, also in the middle of a trial. */
  async close(): Promise<void> {
    Child.killAll()
    // What was being made at this moment may not be there yet.
    await Promise.allSettled([...this.standing].map((name) => this.dropTopic({ name })))
    await this.admin?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
