import type { ChangeEvent } from '../decode/change-event.js'
import type { LogMark } from '../table/logs.js'
import type { RowSearch } from '../table/row-search.js'
import type { TypeTable } from '../table/table.js'
import { allIds, type EntityIds, idsWith, noIds } from './entity-ids.js'

export type ScannedTable = Pick<TypeTable, 'count' | 'ids' | 'idsInPart' | 'idsWith' | 'mark' | 'versionsUpTo'>

export interface ScannedEntity {
  /**
   * The latest first. Undefined where the entity has changed since the scan began: whoever is concerned was told of it. They can be read at
   * once.
   */
  readonly versions: Iterable<ChangeEvent> | undefined
}

/** An index has yet to take in some entities: this was one of them. */
const indexed: ScannedEntity = { versions: undefined }

/**
 * Goes through a table as it was when the scan began, entity by entity, while it is written to: through those that a search
 * finds, or else through all.
 */
export class TableScan {
  private at = 0
  private portion: readonly string[] = []

  private constructor(
    private readonly table: ScannedTable,
    private readonly mark: LogMark,
    /** Undefined once it has found what there is, or where all are gone through. */
    private search: RowSearch | undefined,
    private ids: EntityIds,
  ) {}

  /** @param mark when the scan counts as begun, if not now. */
  static begin(table: ScannedTable, search: RowSearch | undefined, mark: LogMark = table.mark()): TableScan {
    return new TableScan(table, mark, search, search === undefined ? allIds(table) : noIds)
  }

  /** Undefined where there is no further one. */
  next(): ScannedEntity | undefined {
    if (this.search !== undefined && this.isLookedFor(this.search)) return indexed
    while (this.at === this.portion.length) {
      const portion = this.ids.next()
      if (portion === undefined) return undefined
      this.portion = portion
      this.at = 0
    }
    return { versions: this.table.versionsUpTo(this.mark, this.portion[this.at++]!) }
  }

  /** Another one that goes on from here. */
  fork(): TableScan {
    const scan = new TableScan(this.table, this.mark, this.search, this.ids.fork())
    scan.portion = this.portion
    scan.at = this.at
    return scan
  }

  private isLookedFor(search: RowSearch): boolean {
    const found = search.found()
    if (found === 'later') return true
    this.search = undefined
    this.ids = found === undefined ? allIds(this.table) : idsWith(this.table, [...found])
    return false
  }
}
