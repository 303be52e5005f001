import type { Test } from 'tap'
import { fetchQuestion } from '#kafka/wire/fetch-question.js'
import type { TopicConfigs } from '#kafka/wire/configs-question.js'
import type { MetadataAnswer, TopicMetadata } from '#kafka/wire/metadata-question.js'
import { FakeNode } from './fake-node.js'
import { FakePartition } from './fake-partition.js'

export interface FakeTopic {
  topicId: string
  errorCode: number
  partitions: FakePartition[]
  /** What is answered of its settings, by their names; an error's code where they may not be read. */
  settings: Record<string, string> | number
}

/**
 * Brokers in this process that speak as much of Kafka's protocol as a reader needs: for what a real one does seldom, or only when it is
 * killed. Not for what Kafka does by itself, such as choosing leaders.
 */
export class FakeCluster {
  readonly topics = new Map<string, FakeTopic>()
  readonly nodes: readonly FakeNode[]
  /** The newest version of fetches that they know. */
  fetchVersionMax: number = fetchQuestion.versionMax
  private ids = 0

  private constructor(count: number) {
    this.nodes = Array.from({ length: count }, (_, index) => new FakeNode(index + 1, this))
  }

  static async start(t: Test, count = 1): Promise<FakeCluster> {
    const cluster = new FakeCluster(count)
    await Promise.all(cluster.nodes.map((node) => node.start()))
    t.teardown(() => cluster.nodes.forEach((node) => node.stop()))
    return cluster
  }

  get brokers(): readonly string[] {
    return this.nodes.map(({ address }) => address)
  }

  /** In the place of the one that has the name. @param leaders of its partitions. */
  create(topic: string, ...leaders: number[]): FakeTopic {
    const partitions = leaders.map((leader) => new FakePartition(leader))
    const made = { topicId: (++this.ids).toString(16).padStart(32, '0'), errorCode: 0, partitions, settings: {} }
    this.topics.set(topic, made)
    return made
  }

  metadata(topics: readonly string[]): MetadataAnswer {
    const brokers = this.nodes.map(({ id, port }) => ({ id, host: '127.0.0.1', port }))
    return { brokers, topics: topics.map((topic) => this.topicMetadata(topic)) }
  }

  configsOf(topic: string): TopicConfigs {
    const { settings = {} } = this.topics.get(topic) ?? {}
    if (typeof settings === 'number') return { topic, errorCode: settings, settings: new Map() }
    return { topic, errorCode: 0, settings: new Map(Object.entries(settings)) }
  }

  /** By its name, or its id. */
  find(topic: string, partition: number): FakePartition | undefined {
    const found = this.topics.get(topic) ?? [...this.topics.values()].find(({ topicId }) => topicId === topic)
    return found?.partitions[partition]
  }

  private topicMetadata(topic: string): TopicMetadata {
    const { topicId, errorCode, partitions } = this.topics.get(topic) ?? { topicId: undefined, errorCode: 3, partitions: [] }
    if (errorCode !== 0) return { errorCode, topic, topicId, partitions: [] }
    return {
      errorCode,
      topic,
      topicId,
      partitions: partitions.map(({ leader, leaderEpoch }, partition) => ({ partition, leader, leaderEpoch })),
    }
  }
}
