import type { Test } from 'tap'
import { systemClock } from '#clock.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource, type KafkaSourceOptions } from '#gateway/source/kafka/kafka-source.js'
import { AccountedLoad, type LoadOptions } from './accounted-load.js'
import { electPreferredLeaders } from './elect-leaders.js'
import { KafkaTopics, uniqueName } from './kafka-topics.js'
import { SourceReader, until } from './source-reader.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import type { KafkaCluster } from '../real-parts/kafka-cluster.js'

/** For each partition the nodes that have it, the first of which leads it. */
export type Replicas = readonly (readonly number[])[]
/** Longer than an election, the start of a broker and a busy machine take together. */
const patienceMs = 60_000

/** A source that reads a topic of a cluster in which things break, and what it says of itself meanwhile. */
export class ClusterReading {
  readonly lines: LoggedLine[] = []
  readonly meter = new Meter()
  readonly source: KafkaSource
  readonly reader: SourceReader
  /** Whether the source was ready each time that it was asked, from its start on. */
  wasAlwaysReady = true
  private readonly said = new Set<string>()

  private constructor(
    readonly topic: string,
    readonly partitions: number,
    options: Partial<KafkaSourceOptions> & Pick<KafkaSourceOptions, 'brokers'>,
  ) {
    const parts = { clock: systemClock, meter: this.meter, log: recordingLog(this.lines), bufferBytesMax: 8_000_000 }
    this.source = new KafkaSource({ ...parts, ...options })
    this.reader = new SourceReader(this.source)
  }

  /** Resolves when the source reads. */
  static async start(
    t: Test,
    topic: string,
    partitions: number,
    options: Partial<KafkaSourceOptions> & Pick<KafkaSourceOptions, 'brokers'>,
  ) {
    const reading = new ClusterReading(topic, partitions, options)
    t.teardown(() => reading.source.stop())
    await reading.source.start([topic])
    await until('reading', () => reading.source.status().ready)
    const asking = setInterval(() => reading.ask(), 5)
    t.teardown(() => clearInterval(asking))
    return reading
  }

  /** The records of a partition. */
  recordsOf(partition: number) {
    return this.reader.recordsOf(`${this.topic}/${partition}`)
  }

  /** Resolves when so many more records of each of these partitions have come. */
  async goesOn(partitions = this.all, records = 30): Promise<void> {
    const goals = partitions.map((partition) => [partition, this.recordsOf(partition).length + records] as const)
    const hasCome = () => goals.every(([partition, goal]) => this.recordsOf(partition).length >= goal)
    await until(`${records} more records of each of ${partitions.join()}`, hasCome, patienceMs)
  }

  /** Resolves when its status says no more of what was broken, soon after it was mended. */
  async untilNothingIsAmiss(): Promise<void> {
    await until('a status without a reason', () => this.source.status().reason === undefined)
  }

  /** Whether its status has said so at some time. */
  hasSaid(words: string): boolean {
    return [...this.said].some((reason) => reason.includes(words))
  }

  hasLogged(words: string, fields: LoggedLine['fields'] = {}): boolean {
    const isIn = (line: LoggedLine) => Object.entries(fields).every(([name, value]) => line.fields[name] === value)
    return this.lines.some((line) => line.message.includes(words) && isIn(line))
  }

  /**
   * Every record of the log from the first one on has come once and in order, and so has all that was acknowledged, where it was
   * acknowledged. The source began before the first record was written, or it is told where.
   */
  async accountFor(t: Test, load: AccountedLoad, firstOffsetOf: (partition: number) => number = () => 0): Promise<void> {
    for (const { partition, acknowledged } of load.partitions) {
      const [last, first] = [Math.max(...acknowledged.keys()), firstOffsetOf(partition)]
      await until('the last record', () => (this.recordsOf(partition).at(-1)?.offset ?? -1) >= last, patienceMs)
      const records = this.recordsOf(partition)
      const gap = records.findIndex(({ offset }, at) => offset !== first + at)
      t.equal(gap, -1, `${partition}: none of ${records.length} is lost, doubled or out of order`)
      const misplaced = records.filter(({ offset, value }) => (acknowledged.get(offset) ?? String(value)) !== String(value))
      t.same(misplaced, [], `${partition}: each of ${acknowledged.size} stands where it was acknowledged`)
    }
  }

  private get all(): number[] {
    return Array.from({ length: this.partitions }, (_, partition) => partition)
  }

  private ask(): void {
    const { ready, reason } = this.source.status()
    this.wasAlwaysReady &&= ready
    if (reason !== undefined) this.said.add(reason)
  }
}

/** A topic of a cluster whose nodes all run, a source that reads it and a load on it. */
export async function readCluster(t: Test, cluster: KafkaCluster, replicas: Replicas, { acks, settings, ...options }: ReadOptions = {}) {
  const { topics, topic } = await topicOn(t, cluster, replicas, settings)
  const reading = await ClusterReading.start(t, topic, replicas.length, { brokers: cluster.addresses, ...options })
  const load = new AccountedLoad({ brokers: cluster.addresses, topic, partitions: replicas.length, ...(acks && { acks }) })
  t.teardown(() => load.stop())
  await reading.goesOn()
  return { topics, topic, reading, load }
}

export interface ReadOptions extends Partial<KafkaSourceOptions>, Pick<LoadOptions, 'acks'> {
  /** Of the topic. */
  readonly settings?: Readonly<Record<string, string>>
}

export async function topicOn(t: Test, cluster: KafkaCluster, replicas: Replicas, settings: Readonly<Record<string, string>> = {}) {
  const topics = await KafkaTopics.connect(cluster.addresses)
  t.teardown(() => topics.close())
  const topic = uniqueName('orders')
  await topics.createOn(topic, replicas, settings)
  await moveToPreferred(topics, cluster, topic, replicas)
  return { topics, topic }
}

/** Resolves when the first replica of each partition leads it, and the others have all of it. */
export async function moveToPreferred(topics: KafkaTopics, cluster: KafkaCluster, topic: string, replicas: Replicas): Promise<void> {
  const inSync = async () => (await topics.leadersOf(topic)).every((one, at) => one.inSync.length === replicas[at]!.length)
  await until('replicas that have all', inSync, patienceMs)
  await electPreferredLeaders(cluster.addresses[0]!, topic, [...replicas.keys()])
  const isMoved = async () => (await topics.leadersOf(topic)).every(({ leader }, at) => leader === replicas[at]![0])
  await until('the leaders', isMoved, patienceMs)
}
