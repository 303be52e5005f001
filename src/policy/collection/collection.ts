import type { EntityVersion } from '#avro/entity-data.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import type { MaskTable } from '../audience/mask-table.js'
import type { Audience, Mask } from '../rights.js'
import type { BoundCondition } from '../rules/condition.js'
import { parseFieldPattern, type FieldPattern } from '../rules/field-pattern.js'
import { Place } from '../rules/place.js'
import { CollectionAudience } from './collection-audience.js'
import { parseFilter } from './filter.js'
import type { ShownValues } from './shown-values.js'

/** What is asked for: equal for all who ask for the same. */
export interface CollectionDefinition {
  /** Made of all the rest. */
  readonly id: string
  readonly entityType: string
  readonly where: Readonly<Record<string, unknown>>
  /** Undefined for all. */
  readonly fields: readonly string[] | undefined
}

/** What all collections share. */
export interface SharedByCollections {
  readonly values: ShownValues
  readonly masks: MaskTable
}

/** A collection that is not understood; the code says which member it is. */
export class CollectionError extends Error {
  constructor(
    readonly code: 'where_invalid' | 'fields_invalid',
    cause: unknown,
  ) {
    super((cause as Error).message, { cause })
  }
}

const fieldsPlace = new Place({ whole: 'The member "fields"', part: 'In the member "fields"' })

/** All entities of a type that pass a filter, and some fields of them. */
export class Collection {
  readonly id: string
  readonly entityType: string
  /** Undefined where all entities pass. */
  readonly filter: BoundCondition | undefined
  private readonly fields: readonly FieldPattern[] | undefined
  private readonly audiences = new WeakMap<Audience, CollectionAudience>()
  private readonly masks = new WeakMap<Mask, Mask | null>()

  /** @throws CollectionError where the filter or a field is not understood. */
  constructor(
    { id, entityType, where, fields }: CollectionDefinition,
    private readonly shared: SharedByCollections,
  ) {
    this.id = id
    this.entityType = entityType
    this.filter = understood('where_invalid', () => parseFilter(where))
    this.fields = understood('fields_invalid', () => fields?.map((field, index) => parseField(field, fieldsPlace.item(index))))
  }

  /** Who has these rights, as members of the collection: the same object for the same rights. */
  audienceOf(base: Audience): CollectionAudience {
    let audience = this.audiences.get(base)
    if (audience === undefined) this.audiences.set(base, (audience = new CollectionAudience(base, this)))
    return audience
  }

  /**
   * Whether these rights may show every field that is named. A filter must not ask for more than its client is shown: of what is never shown
   * and of what is not there it is told the same.
   */
  namesOnlyShown(base: Audience, schemas: readonly EntitySchema[]): boolean {
    if (schemas.length === 0) return true
    const shown = schemas.flatMap((schema) => [...base.leavesPerhapsShown(schema)].map((leaf) => schema.leaves[leaf]!))
    const isShown = (path: string) => shown.some((leaf) => leaf === path || leaf.startsWith(`${path}.`))
    const isMet = (field: FieldPattern) =>
      schemas.some((schema) => {
        const leaves = base.leavesPerhapsShown(schema)
        return field.leavesOf(schema).some((leaf) => leaves.has(leaf))
      })
    return (this.filter?.paths ?? []).every(isShown) && (this.fields ?? []).every(isMet)
  }

  /** The leaves of the mask that are wished, where what the mask shows passes the filter. @throws BadRecordError */
  maskUnder(mask: Mask, { data }: EntityVersion): Mask | undefined {
    if (this.filter !== undefined && data !== null) {
      const values = this.shared.values.at(this.filter.paths, mask, data)
      if (values === undefined || !this.filter.test(values)) return undefined
    }
    return this.fields === undefined ? mask : this.chosenOf(mask, this.fields)
  }

  private chosenOf(mask: Mask, fields: readonly FieldPattern[]): Mask | undefined {
    let chosen = this.masks.get(mask)
    if (chosen === undefined) {
      const wished = new Set(fields.flatMap((field) => field.leavesOf(mask.schema)))
      const leaves = [...mask.leaves].filter((leaf) => wished.has(leaf)).sort((one, other) => one - other)
      this.masks.set(mask, (chosen = this.shared.masks.sharedMask(mask.schema, leaves) ?? null))
    }
    return chosen ?? undefined
  }
}

function understood<T>(code: CollectionError['code'], parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof ConfigurationError ? new CollectionError(code, error) : error
  }
}

/** Tags are the business of policies: by them a client would learn which field carries which. */
function parseField(field: string, place: Place): FieldPattern {
  if (field.startsWith('tag:')) throw place.refusal('must be a path or a pattern')
  return parseFieldPattern(field, place)
}
