import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { ChangedRights } from '../authorize/changed-rights.js'
import type { EntityUpdate } from '../authorize/entity-update.js'
import type { Snapshots } from '../authorize/snapshots.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Meter } from '../observe/meter.js'
import type { TypeTable } from '../table/table.js'
import type { CollectionMember } from './collection-member.js'
import type { ScanAllowance } from './scan-allowance.js'
import type { RowSearches } from './row-searches.js'
import { TableScan } from './table-scan.js'
import type { TableWork } from './work-rounds.js'

/** What is known of entities, as audiences may see it. */
export interface CollectionState {
  readonly snapshots: Pick<Snapshots, 'on'>
  readonly changedRights: Pick<ChangedRights, 'on'>
}

export interface SnapshotScanOptions {
  /** Undefined once the type has no table any more: its members are closed. */
  readonly table: () => TypeTable | undefined
  readonly searches: Pick<RowSearches, 'of'>
  readonly state: Pick<CollectionState, 'snapshots'>
  readonly allowance: ScanAllowance
  readonly meter: Pick<Meter, 'collectionRowsScanned'>
  /** How many entities the collection may have for one audience. */
  readonly entitiesMax: number
  /** It is known how many entities the audience is shown. */
  readonly counted: (entities: number) => void
  /** Nobody joins it from now on: it begins, or is for nobody any more. */
  readonly closed: () => void
  /** Goes on with this, which is for one who fell behind. */
  readonly later: (scan: SnapshotScan) => void
}

/**
 * Sends what passes of a table to all who wait for it and may see the same. Entities that have changed since it began are skipped, as they went
 * live. Who cannot be written to falls behind, and goes on alone from there.
 */
export class SnapshotScan implements TableWork {
  private readonly members = new Set<CollectionMember>()
  private sent = 0
  private passing = 0
  private isOver = false

  constructor(
    /** Undefined where the rights show nothing of the collection. */
    private readonly audience: CollectionAudience | undefined,
    private readonly options: SnapshotScanOptions,
    private scan?: TableScan,
  ) {}

  get rests(): boolean {
    return this.isOver || this.members.size === 0 || this.isHeldUp
  }

  join(member: CollectionMember): void {
    this.members.add(member)
    member.work = this
  }

  leave(member: CollectionMember): void {
    this.members.delete(member)
    member.work = undefined
    if (this.members.size === 0 && this.scan === undefined) this.options.closed()
  }

  fail(error: unknown): void {
    this.isOver = true
    for (const member of this.members) member.fail(error)
  }

  take(most: number): { readonly entities: number } | { readonly laterMs: number } {
    const { allowance, table } = this.options
    const [first] = this.members
    const from = table()
    if (this.audience === undefined) this.complete()
    if (this.isOver || first === undefined || from === undefined) return { entities: 0 }
    const granted = allowance.take(first.owner, most)
    if (granted === 0) return { laterMs: allowance.againMs }
    const entities = this.goThrough(this.scan ?? this.begin(from), granted)
    allowance.giveBack(first.owner, granted - entities)
    this.options.meter.collectionRowsScanned += entities
    return { entities }
  }

  private begin(table: TypeTable): TableScan {
    const { closed, searches } = this.options
    closed()
    return (this.scan = TableScan.begin(table, searches.of(table, [this.audience])))
  }

  private goThrough(scan: TableScan, most: number): number {
    for (let entities = 0; entities < most; entities++) {
      if (this.rests) return entities
      const next = scan.next()
      if (next === undefined) {
        this.complete()
        return entities
      }
      if (next.versions !== undefined) this.show(next.versions, scan)
    }
    return most
  }

  private show(versions: Iterable<ChangeEvent>, scan: TableScan): void {
    const { state, entitiesMax } = this.options
    const { audience } = this
    // The client may hold something of it from before, so that it is told where it goes meanwhile.
    const telling = { operation: 'snapshot', isEvent: false, isNews: false, subscription: audience?.collectionId } as const
    const update = state.snapshots.on(versions, audience, telling)
    if (update === undefined) return
    if (++this.passing > entitiesMax) return this.end()
    this.send(update, scan)
  }

  private send(update: EntityUpdate, scan: TableScan): void {
    this.sent++
    for (const member of this.members) {
      member.deliver(update)
      if (member.isBlocked && this.members.size > 1) this.leaveBehind(member, scan)
    }
    update.seal()
    update.forget()
  }

  /** It goes on from here by itself, when it can be written to. */
  private leaveBehind(member: CollectionMember, scan: TableScan): void {
    this.members.delete(member)
    const own = new SnapshotScan(this.audience, this.options, scan.fork())
    own.sent = this.sent
    own.passing = this.passing
    own.join(member)
    this.options.later(own)
  }

  private complete(): void {
    this.isOver = true
    this.options.counted(this.passing)
    for (const member of this.members) {
      member.work = undefined
      member.snapshotComplete(this.sent)
      if (this.audience === undefined) member.tellLost()
    }
  }

  private end(): void {
    this.isOver = true
    for (const member of this.members) {
      member.work = undefined
      member.end('collection_too_large')
    }
  }

  /** The only one left cannot be written to. */
  private get isHeldUp(): boolean {
    const [only] = this.members
    return this.members.size === 1 && only!.isBlocked
  }
}
