import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { topicIdsFrom, type FetchAsked, type FetchedPlace, type PartitionAnswer } from '#kafka/wire/fetch-question.js'
import type { MetadataAnswer } from '#kafka/wire/metadata-question.js'
import type { OffsetAnswer, OffsetsAsked } from '#kafka/wire/offsets-question.js'
import type { FakeCluster } from './fake-cluster.js'
import { nothing } from './fake-partition.js'
import { takeRequests, writeResponse, type RequestFrame } from './request-frames.js'
import { configsSide, fetchSide, metadataSide, offsetsSide, readAsked, versionsSide, writeAnswer, type AnswerSide } from './wire-answers.js'

/** The session of a connection: which partitions are fetched, by their names. */
type FakeSession = Map<string, FetchedPlace>

const sessionId = 77

/** The reader knows of an older leader, or of a newer one. */
const [fenced, unknownEpoch] = [74, 75]

export class FakeNode {
  /** Takes what is asked and answers it when it hangs no more, as a process that was stopped. */
  isHanging = false
  /** The error of the next fetch as a whole. */
  nextFetchError = 0
  fetches = 0
  /** How long each question for the ends of logs takes, in milliseconds. */
  endsTakeMs = 0
  endsAsked = 0
  /** What it answers for ever, as a node that hears nothing of the others any more. */
  oldMetadata: MetadataAnswer | undefined
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
    takeRequests(socket, (request) => void this.serve(socket, request, session))
  }

  private async serve(socket: Socket, request: RequestFrame, session: FakeSession): Promise<void> {
    const answer = await this.answer(request, session)
    while (this.isHanging && !socket.destroyed) await new Promise((resolve) => setTimeout(resolve, 5))
    if (!socket.destroyed) writeResponse(socket, request, answer)
  }

  private async answer({ apiKey, version, body }: RequestFrame, session: FakeSession): Promise<Buffer> {
    const by = async <Asked, Answer>(side: AnswerSide<Asked, Answer>, answer: (asked: Asked) => Answer | Promise<Answer>) =>
      writeAnswer(side, await answer(readAsked(side, body, version)), version)
    if (apiKey === versionsSide.apiKey) return by(versionsSide, () => ({ errorCode: 0, versions: this.versions() }))
    if (apiKey === metadataSide.apiKey) return by(metadataSide, (topics) => this.oldMetadata ?? this.cluster.metadata(topics))
    if (apiKey === offsetsSide.apiKey) return by(offsetsSide, (asked) => this.ends(asked))
    if (apiKey === configsSide.apiKey) return by(configsSide, ({ topics }) => topics.map((topic) => this.cluster.configsOf(topic)))
    return by(fetchSide, (asked) => this.fetch(asked, version, session))
  }

  private versions() {
    const range = (maxVersion: number) => ({ minVersion: 0, maxVersion })
    return { 1: range(this.cluster.fetchVersionMax), 2: range(10), 3: range(13), 32: range(1), 18: range(4) }
  }

  private async ends(asked: OffsetsAsked): Promise<OffsetAnswer[]> {
    this.endsAsked++
    if (this.endsTakeMs > 0) await new Promise((resolve) => setTimeout(resolve, this.endsTakeMs))
    return this.offsets(asked)
  }

  private offsets({ at, decidedOnly, topics }: OffsetsAsked): OffsetAnswer[] {
    return topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => {
        const log = this.cluster.find(topic, partition)
        if (log?.leader !== this.id) return { topic, partition, errorCode: 6, offset: -1 }
        return { topic, partition, errorCode: 0, offset: at === -2 ? log.low : decidedOnly ? log.stable : log.high }
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
    let partitions = this.partitionsOf(session, version, asked.rack)
    while (partitions.length === 0 && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      partitions = this.partitionsOf(session, version, asked.rack)
    }
    return { throttleMs: 0, errorCode: 0, sessionId, partitions }
  }

  /** Those that have something to say. */
  private partitionsOf(session: FakeSession, version: number, rack: string): PartitionAnswer[] {
    return [...session.values()].flatMap((place) => {
      const topic = version >= topicIdsFrom ? place.topicId! : place.topic
      const { partition } = place
      const log = this.cluster.find(topic, partition)
      if (log === undefined) return [{ topic, partition, ...nothing, errorCode: version >= topicIdsFrom ? 100 : 3 }]
      if (place.leaderEpoch >= 0 && place.leaderEpoch !== log.leaderEpoch)
        return [{ topic, partition, ...nothing, errorCode: place.leaderEpoch < log.leaderEpoch ? fenced : unknownEpoch }]
      const isNear = log.near?.node === this.id
      if (log.leader !== this.id && !isNear) return [{ topic, partition, ...nothing, errorCode: 6 }]
      const answer = isNear && log.leader !== this.id ? log.fetchNear(place) : log.fetch(place, rack)
      return answer === undefined ? [] : [{ topic, partition, ...answer }]
    })
  }
}
