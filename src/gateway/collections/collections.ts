import type { Clock } from '#clock.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { Collection, CollectionDefinition } from '#policy/collection/collection.js'
import { CollectionTable } from '#policy/collection/collection-table.js'
import type { Audience } from '#policy/rights.js'
import type { AuthorizedUpdate } from '../authorize/authorize.js'
import type { NoteFault } from '../observe/judging-faults.js'
import type { Meter } from '../observe/meter.js'
import { CollectionIndex } from '../route/collection-index.js'
import type { TabledEvent } from '../table/table.js'
import type { Tables } from '../table/tables.js'
import type { CollectionMember } from './collection-member.js'
import { RightsPass } from './rights-pass.js'
import { RowSearches } from './row-searches.js'
import { ScanAllowance } from './scan-allowance.js'
import { type CollectionState, SnapshotScan, type SnapshotScanOptions } from './snapshot-scan.js'
import { WorkRounds } from './work-rounds.js'

export interface CollectionLimits {
  /** How many entities a collection may have, as one audience sees it. */
  readonly collectionEntitiesMax: number
  /** How many entities are gone through for one user in a second. */
  readonly scanRowsPerSecondMax: number
}

export interface CollectionsOptions {
  readonly tables: Pick<Tables, 'get' | 'all'>
  readonly state: CollectionState
  readonly noteFault: NoteFault
  readonly meter: Pick<Meter, 'collectionRowsScanned' | 'collectionScans'>
  readonly limits: CollectionLimits
  readonly clock: Clock
}

/**
 * What subscriptions to collections are told besides what events do to them: the entities that pass when they come, and what changed rights
 * do to them. Both need all of a table, and are done in steps.
 */
export class Collections {
  /** Leads from events to collections. */
  readonly index: CollectionIndex<CollectionMember>
  private readonly definitions = new CollectionTable()
  private readonly rounds: WorkRounds
  private readonly allowance: ScanAllowance
  private readonly searches: RowSearches
  /** Those that others may still join. */
  private readonly waiting = new Map<string, SnapshotScan>()
  private readonly passes = new Map<string, Set<RightsPass>>()

  constructor(private readonly options: CollectionsOptions) {
    const { limits, noteFault } = options
    const overfull = (collection: Collection, audience: Audience) => this.overfull(collection, audience)
    this.index = new CollectionIndex({ noteFault, entitiesMax: limits.collectionEntitiesMax, overfull })
    this.rounds = new WorkRounds(options.clock)
    this.allowance = new ScanAllowance(options.clock, limits.scanRowsPerSecondMax)
    this.searches = new RowSearches({ ...options, standing: () => this.audiences() })
  }

  /** @throws CollectionError where it is not understood. */
  collectionOf(definition: CollectionDefinition): Collection {
    return this.definitions.get(definition)
  }

  add(member: CollectionMember): void {
    this.index.add(member)
  }

  remove(member: CollectionMember): void {
    member.work?.leave(member)
    this.index.remove(member)
  }

  /** Sends what passes now. */
  snapshot(member: CollectionMember): void {
    member.work?.leave(member)
    const { audience } = member
    member.pageAudience = audience
    const scan = this.scanFor(member.collection, audience)
    scan.join(member)
    this.rounds.add(scan)
  }

  private scanFor(collection: Collection, audience: CollectionAudience | undefined): SnapshotScan {
    const known = audience && this.waiting.get(audience.key)
    if (known !== undefined) return known
    const scan = new SnapshotScan(audience, this.scanOptions(collection, audience))
    if (audience !== undefined) this.waiting.set(audience.key, scan)
    return scan
  }

  /** The member's client can be written to again. */
  goOn({ work }: CollectionMember): void {
    if (work instanceof SnapshotScan) this.rounds.add(work)
  }

  /** The rights of these may be others than those by which their pages stand. Those whose page is being brought up to date begin anew. */
  rightsChanged(members: Iterable<CollectionMember>): void {
    const passes = new Map<string, RightsPass>()
    for (const member of members) {
      const { audience, pageAudience, work, collection } = member
      // Whose type has lost its table is being closed.
      if (this.options.tables.get(collection.entityType) === undefined) continue
      if (audience?.key === this.aimOf(member)?.key) continue
      // Where nothing was shown, all is new, and the news that nothing is shown may still wait for the client.
      if (work !== undefined || pageAudience === undefined) this.beginAnew(member)
      else this.passFor(member, passes).join(member)
    }
    for (const pass of passes.values()) this.rounds.add(pass, true)
  }

  /** The rights of these alone change by `change`. */
  regroupAmid(members: readonly CollectionMember[], change: () => void): void {
    this.index.regroupAmid(members, change)
  }

  /** The rights of all may have changed, as the policy has. */
  policyReplaced(): void {
    const { index } = this
    index.regroup()
    this.rightsChanged(index.subscriptions())
  }

  /** What changed rights do to the pages of collections, as the entity was before the event. */
  *ahead(tabled: TabledEvent): Generator<AuthorizedUpdate> {
    for (const pass of this.passes.get(tabled.event.entityType) ?? none) yield* pass.ahead(tabled)
  }

  /** More entities pass than a collection may have. Called amid an event. */
  private overfull(collection: Collection, audience: Audience): void {
    this.options.clock.nextTick(() => {
      for (const member of this.index.get(collection)?.subscriptions ?? none)
        if (member.audience?.key === audience.key) member.end('collection_too_large')
    })
  }

  stop(): void {
    this.rounds.stop()
    this.searches.stop()
  }

  private *audiences(): Generator<CollectionAudience | undefined> {
    for (const { audience } of this.index.subscriptions()) yield audience
  }

  private scanOptions(collection: Collection, audience: CollectionAudience | undefined): SnapshotScanOptions {
    const { tables, state, limits } = this.options
    return {
      table: () => tables.get(collection.entityType),
      searches: this.searches,
      ...{ state, meter: this.options.meter, allowance: this.allowance, entitiesMax: limits.collectionEntitiesMax },
      counted: (entities: number) => audience && this.index.get(collection)?.setSize(audience, entities),
      closed: () => audience && this.waiting.delete(audience.key),
      later: (scan: SnapshotScan) => this.rounds.add(scan),
    }
  }

  /** The rights by which the page stands, or will when what is done for it has ended. */
  private aimOf({ work, pageAudience }: CollectionMember): CollectionAudience | undefined {
    return work instanceof RightsPass ? work.options.now : pageAudience
  }

  private beginAnew(member: CollectionMember): void {
    member.snapshotStarted()
    this.snapshot(member)
  }

  private passFor(member: CollectionMember, passes: Map<string, RightsPass>): RightsPass {
    const { collection, audience: now, pageAudience: then } = member
    const key = JSON.stringify([collection.id, then?.key, now?.key])
    let pass = passes.get(key)
    if (pass === undefined) passes.set(key, (pass = this.newPass(collection, then, now)))
    return pass
  }

  private newPass(collection: Collection, then: CollectionAudience | undefined, now: CollectionAudience | undefined): RightsPass {
    const { tables, state } = this.options
    const { entityType, id: collectionId } = collection
    const all = this.passes.get(entityType) ?? new Set()
    const pass = new RightsPass({
      ...{ table: tables.get(entityType)!, searches: this.searches, state, collectionId, then, now },
      lost: (one) => this.rounds.add(one),
      ended: (one) => {
        if (all.delete(one) && all.size === 0) this.passes.delete(entityType)
      },
    })
    this.passes.set(entityType, all.add(pass))
    return pass
  }
}

const none: never[] = []
