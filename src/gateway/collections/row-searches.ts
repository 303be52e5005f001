import type { EntitySchema } from '#avro/entity-schema.js'
import type { Clock } from '#clock.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { EqualityLookup } from '#policy/collection/equality-keys.js'
import { Meter } from '../observe/meter.js'
import type { RowIndex } from '../table/row-index.js'
import type { RowSearch } from '../table/row-search.js'
import type { TypeTable } from '../table/table.js'
import type { Tables } from '../table/tables.js'

/** Within a minute all have come back whom a failure of theirs has cut off. */
const roundMs = 60_000

export interface RowSearchesOptions {
  readonly meter: Pick<Meter, 'collectionScans'>
  readonly tables: Pick<Tables, 'all'>
  readonly clock: Clock
  /** The audiences of those who have subscribed to a collection. Some may come twice. */
  readonly standing: () => Iterable<CollectionAudience | undefined>
}

type SearchedTable = Pick<TypeTable, 'indexes' | 'schemasOfRows'>

/** Searches of rows by indexes, which are kept while somebody is subscribed for whom they were searched. */
export class RowSearches {
  /** By which each was looked for last. */
  private readonly indexes = new WeakMap<CollectionAudience, readonly RowIndex[]>()
  private cancel: (() => void) | undefined

  constructor(private readonly options: RowSearchesOptions) {}

  /** For all that one of the audiences may be shown. Undefined where all rows are to be gone through. */
  of(table: SearchedTable, audiences: readonly (CollectionAudience | undefined)[]): RowSearch | undefined {
    const lookups = lookupsOf(audiences, table.schemasOfRows())
    const search = lookups && table.indexes.search(lookups)
    if (search !== undefined) for (const audience of audiences) this.note(audience, search)
    Meter.count(this.options.meter.collectionScans, search === undefined ? 'all' : 'index')
    return search
  }

  stop(): void {
    this.cancel?.()
  }

  private note(audience: CollectionAudience | undefined, search: RowSearch): void {
    if (audience !== undefined) this.indexes.set(audience, search.indexes)
    this.cancel ??= this.options.clock.after(roundMs, () => this.round())
  }

  private round(): void {
    const { standing, tables, clock } = this.options
    for (const audience of standing()) for (const index of (audience && this.indexes.get(audience)) ?? []) index.keep()
    for (const { indexes } of tables.all()) indexes.nextRound()
    this.cancel = clock.after(roundMs, () => this.round())
  }
}

/** Undefined where some of what they may be shown may stand anywhere. */
function lookupsOf(
  audiences: readonly (CollectionAudience | undefined)[],
  schemas: readonly EntitySchema[],
): readonly EqualityLookup[] | undefined {
  const all = audiences.map((audience) => (audience === undefined ? none : audience.rowLookups(schemas)))
  return all.every((some) => some !== undefined) ? all.flat() : undefined
}

const none: readonly EqualityLookup[] = []
