import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'
import { fetchQuestion, topicIdsFrom, type FetchAsked, type FetchedPlace, type PartitionAnswer } from '#kafka/wire/fetch-question.js'
import type { MetadataAnswer, TopicMetadata } from '#kafka/wire/metadata-question.js'
import type { OffsetAnswer, OffsetsAsked } from '#kafka/wire/offsets-question.js'
import { encodeBatch } from './record-batch.js'
import { fetchSide, metadataSide, offsetsSide, readAsked, versionsSide, writeAnswer, type AnswerSide } from './wire-answers.js'

/** A log that tests change as they like. */
export class FakePartition {
  leader = 1
  leaderEpoch = 0
  /** Its oldest offset. */
  low = 0
  /** Answered to every fetch, unless 0. */
  errorCode = 0
  readonly values: string[] = []

  get high(): number {
    return this.values.length
  }

  append(...values: string[]): void {
    this.values.push(...values)
  }
}

export interface FakeTopic {
  topicId: string
  errorCode: number
  partitions: FakePartition[]
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
    const partitions = leaders.map((leader) => Object.assign(new FakePartition(), { leader }))
    const made = { topicId: (++this.ids).toString(16).padStart(32, '0'), errorCode: 0, partitions }
    this.topics.set(topic, made)
    return made
  }

  metadata(topics: readonly string[]): MetadataAnswer {
    const nodes = this.nodes.map(({ id, port }) => ({ id, host: '127.0.0.1', port }))
    return { nodes, topics: topics.map((topic) => this.topicMetadata(topic)) }
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

/** The session of a connection: which partitions are fetched, by their names. */
type FakeSession = Map<string, FetchedPlace>

const sessionId = 77

class FakeNode {
  /** Takes what is asked and answers nothing. */
  isHanging = false
  /** The error of the next fetch as a whole. */
  nextFetchError = 0
  fetches = 0
  port = 0
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()

  constructor(
    readonly id: number,
    private readonly cluster: FakeCluster,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  get connections(): number {
    return this.sockets.size
  }

  /** On the same port as before. */
  async start(): Promise<void> {
    this.server = createServer((socket) => this.accept(socket)).listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  stop(): void {
    this.server?.close()
    this.cut()
  }

  /** All connections, in the midst of an answer where one is under way. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket))
    const session: FakeSession = new Map()
    let rest = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const request = rest.subarray(4, 4 + rest.readInt32BE(0))
        rest = rest.subarray(4 + request.length)
        void this.serve(socket, request, session)
      }
    })
  }

  private async serve(socket: Socket, request: Buffer, session: FakeSession): Promise<void> {
    const [apiKey, version, correlation] = [request.readInt16BE(0), request.readInt16BE(2), request.subarray(4, 8)]
    const body = request.subarray(10 + request.readInt16BE(8))
    const answer = await this.answer(apiKey, version, body, session)
    if (this.isHanging || socket.destroyed) return
    const length = Buffer.alloc(4)
    length.writeInt32BE(correlation.length + answer.length)
    socket.write(Buffer.concat([length, correlation, answer]))
  }

  private async answer(apiKey: number, version: number, body: Buffer, session: FakeSession): Promise<Buffer> {
    const by = async <Asked, Answer>(side: AnswerSide<Asked, Answer>, answer: (asked: Asked) => Answer | Promise<Answer>) =>
      writeAnswer(side, await answer(readAsked(side, body, version)), version)
    if (apiKey === versionsSide.apiKey) return by(versionsSide, () => ({ errorCode: 0, versions: this.versions() }))
    if (apiKey === metadataSide.apiKey) return by(metadataSide, (topics) => this.cluster.metadata(topics))
    if (apiKey === offsetsSide.apiKey) return by(offsetsSide, (asked) => this.offsets(asked))
    return by(fetchSide, (asked) => this.fetch(asked, version, session))
  }

  private versions() {
    const range = (maxVersion: number) => ({ minVersion: 0, maxVersion })
    return { 1: range(this.cluster.fetchVersionMax), 2: range(10), 3: range(13), 18: range(4) }
  }

  private offsets({ at, topics }: OffsetsAsked): OffsetAnswer[] {
    return topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => {
        const log = this.cluster.find(topic, partition)
        if (log?.leader !== this.id) return { topic, partition, errorCode: 6, offset: -1 }
        return { topic, partition, errorCode: 0, offset: at === -2 ? log.low : log.high }
      }),
    )
  }

  private async fetch(asked: FetchAsked, version: number, session: FakeSession) {
    this.fetches++
    const errorCode = this.nextFetchError
    this.nextFetchError = 0
    if (errorCode !== 0) return { throttleMs: 0, errorCode, sessionId: 0, partitions: [] }
    if (asked.sessionEpoch === 0) session.clear()
    const keyOf = ({ topic, topicId, partition }: FetchedPlace) => `${version >= topicIdsFrom ? topicId : topic}/${partition}`
    for (const place of asked.places) session.set(keyOf(place), place)
    for (const place of asked.forgotten) session.delete(keyOf(place))
    const giveUpAt = Date.now() + asked.waitMs
    let partitions = this.partitionsOf(session, version)
    while (partitions.length === 0 && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      partitions = this.partitionsOf(session, version)
    }
    return { throttleMs: 0, errorCode: 0, sessionId, partitions }
  }

  /** Those that have something to say. */
  private partitionsOf(session: FakeSession, version: number): PartitionAnswer[] {
    return [...session.values()].flatMap(({ topic, topicId, partition, position }) => {
      const name = version >= topicIdsFrom ? topicId! : topic
      const log = this.cluster.find(name, partition)
      const answer = (errorCode: number, bytes: Buffer = Buffer.alloc(0)): PartitionAnswer[] => [
        { topic: name, partition, errorCode, endOffset: log?.high ?? -1, aborted: [], log: bytes },
      ]
      if (log === undefined) return answer(version >= topicIdsFrom ? 100 : 3)
      if (log.errorCode !== 0 || log.leader !== this.id) return answer(log.errorCode || 6)
      if (position < log.low || position > log.high) return answer(1)
      if (position === log.high) return []
      return answer(0, encodeBatch({ firstOffset: position, values: log.values.slice(position) }))
    })
  }
}
