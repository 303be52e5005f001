import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { AuthorizedUpdate } from '../authorize/authorize.js'
import type { PageChange } from '../authorize/changed-rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import { isBehind, type LogMark } from '../table/logs.js'
import type { TabledEvent, TypeTable } from '../table/table.js'
import type { CollectionMember } from './collection-member.js'
import type { CollectionState } from './snapshot-scan.js'
import type { RowSearches } from './row-searches.js'
import { TableScan } from './table-scan.js'
import type { TableWork } from './work-rounds.js'

export interface RightsPassOptions {
  readonly table: TypeTable
  readonly searches: Pick<RowSearches, 'of'>
  readonly state: Pick<CollectionState, 'changedRights'>
  readonly collectionId: string
  /** By which rights the pages stand. */
  readonly then: CollectionAudience | undefined
  readonly now: CollectionAudience | undefined
  /** All losses are told; gains are left. */
  readonly lost: (pass: RightsPass) => void
  /** All is told. */
  readonly ended: (pass: RightsPass) => void
}

/**
 * Compares what pages of a collection show by the rights of then with what they show by those of now, and tells the differences: first what
 * is taken away. An entity that changes meanwhile is compared ahead of its event, on the version before.
 */
export class RightsPass implements TableWork {
  readonly members = new Set<CollectionMember>()
  private readonly mark: LogMark
  private tells: 'losses' | 'gains' = 'losses'
  private hasGains = false
  private isOver = false
  private scan: TableScan

  constructor(readonly options: RightsPassOptions) {
    this.mark = options.table.mark()
    this.scan = this.newScan()
  }

  get rests(): boolean {
    return this.isOver || this.members.size === 0
  }

  join(member: CollectionMember): void {
    this.members.add(member)
    member.work = this
  }

  leave(member: CollectionMember): void {
    this.members.delete(member)
    member.work = undefined
    if (this.members.size === 0) this.end()
  }

  fail(error: unknown): void {
    this.end()
    for (const member of this.members) member.fail(error)
  }

  take(most: number): { readonly entities: number } {
    for (let entities = 0; entities < most; entities++) {
      if (this.rests) return { entities }
      const next = this.scan.next()
      if (next === undefined) {
        this.goOn()
        return { entities }
      }
      const change = next.versions && this.changeOn(next.versions)
      if (change === undefined) continue
      if (change.takesAway === (this.tells === 'losses')) this.tell(change)
      else this.hasGains = true
    }
    return { entities: most }
  }

  /** What is told ahead of an event. An entity that has changed before was compared then. */
  *ahead({ before, beforeRow }: TabledEvent): Generator<AuthorizedUpdate> {
    if (before === undefined || beforeRow === undefined || isBehind(this.mark, beforeRow)) return
    const change = this.changeOn(before)
    if (change !== undefined) yield { update: change.update, receivers: this.members, isUnordered: false }
  }

  private changeOn(versions: Iterable<ChangeEvent>): PageChange | undefined {
    const { state, then, now, collectionId } = this.options
    return state.changedRights.on(versions, then, now, collectionId)
  }

  private tell({ update }: PageChange): void {
    for (const member of this.members) member.deliver(update)
    update.seal()
    update.forget()
  }

  private goOn(): void {
    if (this.tells === 'gains' || !this.hasGains) return this.end()
    this.tells = 'gains'
    this.scan = this.newScan()
    this.options.lost(this)
  }

  private newScan(): TableScan {
    const { table, searches, then, now } = this.options
    return TableScan.begin(table, searches.of(table, [then, now]), this.mark)
  }

  private end(): void {
    this.isOver = true
    const { now, ended } = this.options
    ended(this)
    for (const member of this.members) {
      member.work = undefined
      member.pageAudience = now
      if (now === undefined) member.tellLost()
    }
  }
}
