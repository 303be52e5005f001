import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import type { AudienceGroup, CandidateIndex } from '../audience/grouping.js'
import type { Audience, Mask, Showing } from '../rights.js'
import type { Collection } from './collection.js'
import type { EqualityLookup } from './equality-keys.js'
import { rowLookupsOf } from './row-lookups.js'

/** Those with equal rights who ask for the same collection: they may see the same of it. */
export class CollectionAudience implements Audience {
  readonly key: string
  readonly group: AudienceGroup | undefined

  constructor(
    readonly base: Audience,
    private readonly collection: Collection,
  ) {
    this.key = JSON.stringify([collection.id, base.key])
    this.group = base.group && groupIn(collection, base.group)
  }

  get entityType(): string {
    return this.base.entityType
  }

  get collectionId(): string {
    return this.collection.id
  }

  canReadSomeOf(schema: EntitySchema): boolean {
    return this.base.canReadSomeOf(schema)
  }

  /** A filter may always keep an entity out. */
  canAlwaysReadSomeOf(): boolean {
    return false
  }

  leavesPerhapsShown(schema: EntitySchema): LeafSet {
    return this.base.leavesPerhapsShown(schema)
  }

  get showings(): readonly Showing[] {
    return this.base.showings
  }

  /** Where all rows stand that may be shown; undefined where any may. @param schemas of all rows. */
  rowLookups(schemas: readonly EntitySchema[]): readonly EqualityLookup[] | undefined {
    return rowLookupsOf(this.collection.filter, this.showings, schemas)
  }

  maskOf(version: EntityVersion): Mask | undefined {
    const mask = this.base.maskOf(version)
    return mask && this.collection.maskUnder(mask, version)
  }
}

const groups = new WeakMap<Collection, WeakMap<AudienceGroup, AudienceGroup>>()

/** Audiences that cannot be told apart by their rights see the same of a collection too. */
function groupIn(collection: Collection, base: AudienceGroup): AudienceGroup {
  let known = groups.get(collection)
  if (known === undefined) groups.set(collection, (known = new WeakMap()))
  let group = known.get(base)
  if (group === undefined) known.set(base, (group = { newIndex: () => new CollectionCandidates(base.newIndex()) }))
  return group
}

/** Finds the audiences of one collection by their rights. */
class CollectionCandidates implements CandidateIndex {
  private readonly byBase = new Map<Audience, CollectionAudience>()

  constructor(private readonly index: CandidateIndex) {}

  add(audience: CollectionAudience): void {
    this.index.add(audience.base)
    this.byBase.set(audience.base, audience)
  }

  remove(audience: CollectionAudience): void {
    this.index.remove(audience.base)
    this.byBase.delete(audience.base)
  }

  candidatesOf(version: EntityVersion): ReadonlySet<Audience> | undefined {
    const found = this.index.candidatesOf(version)
    return found && new Set([...found].map((base) => this.byBase.get(base)!))
  }
}
