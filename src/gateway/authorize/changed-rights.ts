import { BadRecordError } from '#errors.js'
import type { Audience, Mask } from '#policy/rights.js'
import { showsSome, textWithin } from '#policy/shown.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Tables } from '../table/tables.js'
import { EntityUpdate, type Telling } from './entity-update.js'
import type { FrameRoom } from './frame-room.js'
import type { Judge } from './judge.js'
import { maskOn } from './visible.js'

export interface ChangedRightsOptions {
  readonly tables: Pick<Tables, 'get'>
  readonly judge: Judge
  readonly room: FrameRoom
}

/** What changed rights do to a page: what is sent for it, and whether something on the page is taken away. */
export interface PageChange {
  readonly update: EntityUpdate
  readonly takesAway: boolean
}

/** Compares what an entity showed by the rights of then with what it shows by those of now. */
export class ChangedRights {
  /** What pages share until the work ends that asks for it, by entity and audiences. */
  private shared: Map<string, PageChange | undefined> | undefined

  constructor(private readonly options: ChangedRightsOptions) {}

  /** Pages that change alike during this work are told so by one update, whose frames are encoded once. It is freed at the end. */
  sharing(work: () => void): void {
    if (this.shared !== undefined) return work()
    const shared = (this.shared = new Map<string, PageChange | undefined>())
    try {
      work()
    } finally {
      this.shared = undefined
      for (const change of shared.values()) {
        change?.update.seal()
        change?.update.forget()
      }
    }
  }

  /**
   * On the latest version that can be read. Undefined where the page stays as it is.
   * @throws Error outside of `sharing`.
   */
  onLatest(entityType: string, entityId: string, then: Audience | undefined, now: Audience | undefined): PageChange | undefined {
    const { shared } = this
    if (shared === undefined) throw new Error('Pages are compared while they share what they are told.')
    if (then?.key === now?.key) return undefined
    const key = JSON.stringify([entityType, entityId, then?.key, now?.key])
    if (!shared.has(key)) shared.set(key, this.on(this.options.tables.get(entityType)?.versions(entityId) ?? [], then, now))
    return shared.get(key)
  }

  /** On the first of these versions that can be read. @param subscription the collection of the audiences, if they are of one. */
  on(
    versions: Iterable<ChangeEvent>,
    then: Audience | undefined,
    now: Audience | undefined,
    subscription?: string,
  ): PageChange | undefined {
    const { judge } = this.options
    if (then?.key === now?.key) return undefined
    for (const version of versions) {
      try {
        return this.compare(version, maskOn(version, then, judge), maskOn(version, now, judge), subscription)
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
      }
    }
    return undefined
  }

  private removal(version: ChangeEvent, subscription: string | undefined): PageChange {
    return { update: this.updateOf(version, undefined, { operation: 'delete', subscription }), takesAway: true }
  }

  private compare(
    version: ChangeEvent,
    then: Mask | undefined,
    now: Mask | undefined,
    subscription: string | undefined,
  ): PageChange | undefined {
    const sawSome = then !== undefined && showsSome(then, version)
    if (now === undefined || !showsSome(now, version)) return sawSome ? this.removal(version, subscription) : undefined
    if (!sawSome) return { update: this.updateOf(version, now, { operation: 'create', subscription }), takesAway: false }
    const { dataBytesMax } = this.options.room
    const [before, after] = [textWithin(dataBytesMax, then, version), textWithin(dataBytesMax, now, version)]
    if (before !== undefined && after?.equals(before) === true) return undefined
    // What was too large to be sent has left the page with a version before it, of which the rights of now may hide anything.
    const takesAway = before === undefined || [...then.leaves].some((leaf) => !now.leaves.has(leaf))
    const update = this.updateOf(version, now, { operation: 'update', subscription })
    return takesAway && update.isTooLarge ? this.removal(version, subscription) : { update, takesAway }
  }

  private updateOf(version: ChangeEvent, mask: Mask | undefined, telling: Telling): EntityUpdate {
    return new EntityUpdate(version, mask, this.options.room, { ...telling, hasCursor: true, isEvent: false })
  }
}
