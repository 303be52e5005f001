import { isDeepStrictEqual } from 'node:util'
import { collectionId } from '#protocol/collection-id.js'
import { isOfOneLog, isOlder, keyOf, latestOf } from './picture-oracle.js'
import { listed, mayAsk, type SimulatedList } from './simulated-lists.js'
import type { SimulatedRights } from './known-rights.js'
import type { PageSimulation } from './page-simulation.js'
import { entityIds, policies, type Entity, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

type Message = Readonly<Record<string, unknown>>

interface Row {
  readonly entity: Entity
  readonly version: WrittenEvent | undefined
}

/** A list on a page: what it shows, and what it should not have been told. */
export class PageList {
  readonly faults: string[] = []
  /** By which its messages name it: the same at every node. */
  readonly id: string
  /** Whether the node that the page is connected to has said that it stands. */
  stands = false
  isAsked = false
  private readonly rows = new Map<string, Row>()
  /** The entities that the snapshot has named that is on its way; undefined where none is. */
  private named: Set<string> | undefined = new Set()

  constructor(
    readonly asked: SimulatedList,
    private readonly sub: string,
    /** Whoever the page's user was. */
    private readonly faces: ReadonlySet<SimulatedUser>,
    private readonly world: PageSimulation,
  ) {
    const { entityType, where, fields } = asked
    this.id = collectionId({ entity_type: entityType, where, fields: fields && [...fields] })
  }

  /** At a node to which the page has just come. */
  beginAnew(): void {
    this.stands = this.isAsked = false
    this.named = new Set()
  }

  take(message: Message, rights: readonly SimulatedRights[]): void {
    const { type, count } = message
    if (type === 'subscription_success') this.stands = true
    if (type === 'subscription_success' || type === 'snapshot_started') this.named = new Set()
    if (type === 'snapshot_complete') this.complete(count)
    if (type === 'error') this.refused(message, rights)
    if (type === 'entity_update') this.show(message, rights)
  }

  /** What it lacks, or has too much, once all is quiet. */
  wrongs({ user, policy }: SimulatedRights): string[] {
    const may = mayAsk(this.asked, user, policy)
    return entityIds.flatMap((entityId) => {
      const { entityType } = this.asked
      const expected = may ? listed(this.asked, user, latestOf(this.world.versionsOf(keyOf({ entityType, entityId }))), policy) : undefined
      const actual = this.rows.get(entityId)?.entity
      if (isDeepStrictEqual(actual, expected)) return []
      return [`${this.name} holds ${JSON.stringify(actual)} of ${entityId} instead of ${JSON.stringify(expected)}`]
    })
  }

  private get name(): string {
    return `${this.sub}'s list ${JSON.stringify(this.asked)}`
  }

  private complete(count: unknown): void {
    this.world.met.listSnapshots++
    const { named } = this
    if (named === undefined) return this.fault('was told of the end of a snapshot that had not begun')
    if (typeof count !== 'number' || count > entityIds.length) this.fault(`was sent ${String(count)} entities`)
    for (const entityId of this.rows.keys()) if (!named.has(entityId)) this.rows.delete(entityId)
    this.named = undefined
  }

  private refused({ subscription, code }: Message, rights: readonly SimulatedRights[]): void {
    this.world.met.listRefusals++
    if (subscription === undefined) this.isAsked = false
    if (code !== 'forbidden' && code !== 'field_unknown') return this.fault(`was told of ${String(code)}`)
    const isGone = subscription !== undefined && rights.every(({ user, policy }) => !mayAsk(this.asked, user, policy))
    if (isGone && this.rows.size > 0) this.fault('shows something when its rights are gone')
    this.rows.clear()
  }

  private show({ entity_id: id, operation, data, timestamp, cursor }: Message, rights: readonly SimulatedRights[]): void {
    this.world.met.listUpdates++
    const entityId = String(id)
    const before = this.rows.get(entityId)
    const version = this.world.written.find(({ timestampMs }) => new Date(timestampMs).toISOString() === timestamp)
    this.named?.add(entityId)
    if (cursor !== undefined) this.fault('was sent a cursor')
    if (operation === 'delete') {
      if (!isDeepStrictEqual(data, {})) this.fault('was shown data of a delete')
      // Where it reads slowly it may be told of an end twice, or of that of what has gone before it was shown.
      if (before === undefined && !this.mayHaveSeen(entityId)) this.fault('was told of the end of what it may never have seen', version)
      this.rows.delete(entityId)
      return
    }
    if (version === undefined) return this.fault(`was shown an event that nobody wrote: ${String(timestamp)}`)
    if (!rights.some(({ user, policy }) => isDeepStrictEqual(data, listed(this.asked, user, version, policy))))
      this.fault(`was shown ${JSON.stringify(data)}`, version)
    const { written } = this.world
    if (before?.version !== undefined && !this.isReadAgain(version) && isOlder(version, before.version, written))
      this.fault('was shown an older version after a newer one', version)
    if (this.named === undefined) this.checkOperation(operation, before, version)
    this.rows.set(entityId, { entity: data as Entity, version })
  }

  private checkOperation(operation: unknown, before: Row | undefined, version: WrittenEvent): void {
    const isFirst = !this.world.written.some(
      (other) => keyOf(other) === keyOf(version) && isOfOneLog(other, version) && other.offset < version.offset,
    )
    if (operation === 'snapshot') this.fault('was shown a snapshot that had not begun', version)
    const isNew = before === undefined || before.version === version || version.operation === 'create'
    if (operation === 'create' && !isNew) this.fault('was told that what it has is new', version)
    if (operation === 'update' && before === undefined && !isFirst) this.fault('was told of a change of what it does not have', version)
  }

  private mayHaveSeen(entityId: string): boolean {
    const key = keyOf({ entityType: this.asked.entityType, entityId })
    const versions = this.world.written.filter((version) => keyOf(version) === key)
    const seen = (version: WrittenEvent, policy: number) => [...this.faces].some((user) => listed(this.asked, user, version, policy))
    return versions.some((version) => policies.some((_policy, number) => seen(version, number)))
  }

  private isReadAgain(version: WrittenEvent): boolean {
    return this.named !== undefined || this.world.wasReadAgain(version)
  }

  private fault(text: string, version?: WrittenEvent): void {
    const at = version === undefined ? '' : `${version.topic}/${version.partition}@${version.offset}`
    this.faults.push(`${this.name}: ${text} ${at}`)
  }
}
