import { BehaviorSubject, concatMap, filter, map, Observable, take, tap } from 'rxjs'
import { topicsOf } from '#entities.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import type { AcceptedConnection, AdmissionRefusal } from '#gateway/deliver/connection/connection-acceptor.js'
import { Gateway } from '#gateway/gateway.js'
import type { Meter } from '#gateway/observe/meter.js'
import { rightsDataOf, type RightsData } from '#gateway/rights-data.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import type { LogBreak, PartitionSource, RecordBatch } from '#gateway/source/partition-source.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import type { SimulatedClock } from '../running/simulated-clock.js'
import type { FakeTransport } from './fake-transport.js'
import { gatewayLimits } from './gateway-limits.js'
import { KnownRights, type SimulatedRights } from './known-rights.js'
import { controlTopics, type ControlTopicName } from './simulated-control.js'
import type { SimulatedLog } from './simulated-log.js'
import { sourceWith } from './source-with.js'
import { entities, type SimulatedToken } from './simulated-world.js'

const controlNames = Object.values(controlTopics)

/** A page's connection to a node. */
export interface PageConnection {
  readonly node: SimulatedNode
  readonly transport: FakeTransport
  readonly accepted: AcceptedConnection
  /** Under which rights the message of this number leaves, and those behind it: under one of these. */
  readonly rightsFrom: [message: number, ...SimulatedRights[]][]
}

/** Whoever is connected to a node, as it reads what changes rights. */
export interface ControlFollower {
  readonly connection: PageConnection | undefined
  /** The rights of now, under each of which something may leave. */
  readonly rights: readonly SimulatedRights[]
  /** What leaves from now on leaves under one of these. */
  rightsAreNow(rights: readonly SimulatedRights[]): void
  /** Whether a token by which it may be known is void. */
  readonly mayBeRevoked: boolean
  /** The node has read more. @param wasPerhapsRevoked whether such a token was void amid what it has read. */
  checkToken(wasPerhapsRevoked: boolean): void
}

export interface SimulatedNodeOptions {
  readonly log: SimulatedLog
  readonly clock: SimulatedClock
  readonly meter: Meter
  readonly logged: LoggedLine[]
  readonly followers: () => readonly ControlFollower[]
}

/** A gateway that may crash and begin anew. It reads each partition at its own speed, also those of control topics. */
export class SimulatedNode {
  readonly faults: string[] = []
  /** What it must go by: what it has read of control topics. */
  known = new KnownRights()
  private gateway!: Gateway
  private rights!: RightsData
  /** How long the control topics were when it began to read them. */
  private ends = new Map<ControlTopicName, number>()
  /** Partitions from which nothing arrives for a time. */
  private readonly lagging = new BehaviorSubject<ReadonlySet<string>>(new Set())

  constructor(private readonly options: SimulatedNodeOptions) {}

  get hashes(): readonly string[] {
    return this.rights.control!.topics.map(({ hash }) => hash)
  }

  /** The control topics that it has not read to the end that they had when it began. */
  get unread(): readonly string[] {
    return [...this.ends].flatMap(([topic, end]) => (this.known.offsets[topic] < end ? [topic] : []))
  }

  accept(identity: Identity, transport: FakeTransport): AcceptedConnection {
    return this.gateway.connections.accept(identity, transport)
  }

  /** Why whoever has this token is not let in. */
  refusalOf(identity: Identity, token: SimulatedToken): AdmissionRefusal | undefined {
    const refusal = this.gateway.connections.admissionRefusal(identity)
    if (refusal !== 'starting' && this.unread.length > 0) this.faults.push(`lets in before it has read ${this.unread.join()} to the end`)
    if (refusal === undefined && this.known.isVoid(token)) this.faults.push(`lets in ${token.sub} with a revoked token`)
    if (refusal === 'token_revoked' && !this.known.isVoid(token)) this.faults.push(`keeps out ${token.sub} with a good token`)
    return refusal
  }

  /** Lets it begin, which may take long where partitions lag. */
  async start(): Promise<void> {
    this.ends = new Map(controlNames.map((topic) => [topic, this.endOf(topic)]))
    this.known = new KnownRights()
    this.gateway = this.newGateway()
    void this.gateway.start()
    await this.options.clock.settle()
  }

  /** What it held is gone, and its sockets with what was in them. Perhaps it reads slowly when it begins anew. */
  async crash(): Promise<void> {
    await this.stop(0)
    this.lag(controlNames.map((topic) => `${topic}/0`))
    await this.start()
  }

  async stop(timeoutMs: number): Promise<void> {
    const { clock } = this.options
    const stopped = this.gateway.stop(timeoutMs)
    await clock.advance(timeoutMs + 1)
    await stopped
  }

  /** From now on some partitions do not arrive, until this is asked again. */
  lag(
    names = [
      ...entities.flatMap(topicsOf).flatMap(({ topic }) => [`${topic}/0`, `${topic}/1`]),
      ...controlNames.map((topic) => `${topic}/0`),
    ],
  ): void {
    this.lagging.next(new Set(names.filter(() => this.lagging.value.size === 0 && this.options.log.random() < 0.5)))
  }

  catchUp(): void {
    this.lagging.next(new Set())
  }

  private newGateway(): Gateway {
    const { log, clock, meter, logged } = this.options
    const context = { clock, meter, log: recordingLog(logged) }
    const config = {
      policyTopic: controlTopics.policy,
      claims: { topic: controlTopics.claims, topicOnly: [], bytesMax: 1_000_000 },
      revocationsTopic: controlTopics.revocations,
    }
    const source = () => this.late(new MemorySource(log.topics, clock))
    const feed = { control: () => this.read(source()) }
    this.rights = rightsDataOf(config, { policy: undefined, auth: { rolesClaims: ['roles'] } }, feed, context)
    return new Gateway({
      ...{ entities, source: source(), registry: log.registry, longs: 'number', node: 'node' },
      limits: { ...gatewayLimits, subscriptionsMax: 20, mailboxBytesMax: 3_000, frameOutBytesMax: 3_000, actorsInTickMax: 2 },
      state: { bytesMax: 1e9, fillSecondsMax: 300, window: { bytesMax: 4_000, secondsMax: 3_600 } },
      verifier: { verify: (token) => Promise.resolve(verifiedFrom(token)) },
      ...{ ...this.rights, ...context, random: log.random },
    })
  }

  private endOf(topic: ControlTopicName): number {
    return this.options.log.topics.logsOf(topic)![0]!.endOffset
  }

  /** A batch of a partition that lags waits. */
  private late(source: MemorySource): PartitionSource {
    const partitions$ = source.partitions$.pipe(
      map((partition) => {
        const { topic, partition: number, batches$ } = partition
        const arrives = () =>
          this.lagging.pipe(
            filter((names) => !names.has(`${topic}/${number}`)),
            take(1),
          )
        const late$ = batches$.pipe(concatMap((batch) => arrives().pipe(map(() => batch))))
        return { ...partition, batches$: late$ }
      }),
    )
    return sourceWith(source, { partitions$ })
  }

  /** Notes what it is told ahead of the gateway. */
  private read(source: PartitionSource): PartitionSource {
    const partitions$ = source.partitions$.pipe(
      map((partition) => {
        const topic = partition.topic as ControlTopicName
        this.noteWhen(topic, partition.caughtUp)
        const breaks$ = partition.breaks$.pipe(tap((one) => this.beginningAnew(topic, one)))
        const batches$ = new Observable<RecordBatch>((subscriber) =>
          partition.batches$.subscribe((batch) => this.taking(topic, batch, () => subscriber.next(batch))),
        )
        return { ...partition, breaks$, batches$ }
      }),
    )
    return sourceWith(source, { partitions$ })
  }

  private beginningAnew(topic: ControlTopicName, { caughtUp }: LogBreak): void {
    const end = this.endOf(topic)
    // Who has read it once stays ready.
    if (this.unread.includes(topic)) this.ends.set(topic, end)
    else this.ends.delete(topic)
    this.known.beginAnew(topic)
    this.noteWhen(topic, caughtUp)
  }

  private noteWhen(topic: ControlTopicName, caughtUp: Promise<void>): void {
    const { known } = this
    void caughtUp.then(() => {
      known.caughtUp(topic)
      for (const page of this.connected()) page.rightsAreNow(page.rights)
    })
  }

  /** Amid a batch the rights are those of one of its records, and behind it those of the last. */
  private taking(topic: ControlTopicName, { records }: RecordBatch, take: () => void): void {
    const amid = this.connected().map((page) => ({ page, rights: [] as SimulatedRights[], isRevoked: false }))
    for (const record of records) {
      this.known.take(topic, record)
      for (const one of amid) {
        one.rights.push(...one.page.rights)
        one.isRevoked ||= one.page.mayBeRevoked
      }
    }
    for (const { page, rights } of amid) page.rightsAreNow(rights)
    take()
    for (const { page, isRevoked } of amid) {
      page.rightsAreNow(page.rights)
      page.checkToken(isRevoked)
    }
  }

  private connected(): readonly ControlFollower[] {
    return this.options.followers().filter(({ connection }) => connection?.node === this && connection.transport.closedWith === undefined)
  }
}

/** What a token says, which is no secret here. */
export function verifiedFrom(token: string): VerifiedToken {
  const { sub, roles, region, jti, issuedMs } = JSON.parse(token) as SimulatedToken
  const claims = { sub, roles, region, jti, ...(issuedMs !== undefined && { iat: issuedMs / 1_000 }) }
  return { sub, roles, claims, expiresAtMs: Infinity }
}
