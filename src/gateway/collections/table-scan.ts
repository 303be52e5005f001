import type { ChangeEvent } from '../decode/change-event.js'
import { indexParts } from '../table/address-index.js'
import type { LogMark } from '../table/logs.js'
import type { TypeTable } from '../table/table.js'

/** A table of so many entities is gone through as a whole: its parts hold a few each. */
const smallCountMax = 4_096

export type ScannedTable = Pick<TypeTable, 'count' | 'ids' | 'idsInPart' | 'mark' | 'versionsUpTo'>

export interface ScannedEntity {
  readonly entityId: string
  /** The latest first. Undefined where the entity has changed since the scan began: whoever is concerned was told of it. They can be read at once. */
  readonly versions: Iterable<ChangeEvent> | undefined
}

/** Goes through a table as it was when the scan began, entity by entity, while it is written to. */
export class TableScan {
  private at = 0

  private constructor(
    private readonly table: ScannedTable,
    private readonly mark: LogMark,
    private ids: readonly string[],
    private part: number,
  ) {}

  /** @param mark when the scan counts as begun, if not now. */
  static begin(table: ScannedTable, mark: LogMark = table.mark()): TableScan {
    const isSmall = table.count <= smallCountMax
    return new TableScan(table, mark, isSmall ? table.ids() : [], isSmall ? indexParts : 0)
  }

  /** Undefined where there is no further one. */
  next(): ScannedEntity | undefined {
    while (this.at === this.ids.length) {
      if (this.part === indexParts) return undefined
      this.ids = this.table.idsInPart(this.part++)
      this.at = 0
    }
    const entityId = this.ids[this.at++]!
    return { entityId, versions: this.table.versionsUpTo(this.mark, entityId) }
  }

  /** Another one that goes on from here. */
  fork(): TableScan {
    const scan = new TableScan(this.table, this.mark, this.ids, this.part)
    scan.at = this.at
    return scan
  }
}
