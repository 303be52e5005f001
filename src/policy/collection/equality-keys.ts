import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema, Extraction } from '#avro/entity-schema.js'
import type { Equality } from '../rules/equalities.js'
import { JudgedValue, ValuePath } from '../rules/judged-value.js'
import { keysAt } from '../rules/keys-at.js'
import { type LookupKey, keysOfLiteral } from '../rules/lookup-key.js'

/** How many keys one look-up or one entity has at most: of longer lists some paths are left out, or all entities are asked. */
const keysMax = 1_000

/** Under which keys the entities stand that may meet some equalities: some that do not meet them stand there too. */
export interface EqualityLookup {
  /** Sorted. */
  readonly paths: readonly string[]
  /** At least one. */
  readonly keys: readonly string[]
}

/**
 * Undefined where nothing is asked for by equality, so that any entity may be meant.
 * @param equalities all to be met, one for each path, each with a value that meets it.
 */
export function equalityLookupOf(equalities: readonly Equality[]): EqualityLookup | undefined {
  const all = equalities.map(({ path, literals }) => ({ path, keys: [...new Set(literals.flatMap(keysOfLiteral))] }))
  // The shortest lists rule out most.
  all.sort((one, other) => one.keys.length - other.keys.length || (one.path < other.path ? -1 : 1))
  let product = 1
  const kept = all.filter(({ keys }) => product * keys.length <= keysMax && (product *= keys.length) > 0)
  if (kept.length === 0) return undefined
  kept.sort((one, other) => (one.path < other.path ? -1 : 1))
  return { paths: kept.map(({ path }) => path), keys: tuples(kept.map(({ keys }) => keys)) }
}

/** The keys of entities by the values at some paths, as they are stored, whoever may see them. */
export class EqualityPaths {
  private readonly steps: readonly ValuePath[]
  private readonly extractions = new WeakMap<EntitySchema, Extraction>()

  /** @param paths as of a look-up. */
  constructor(private readonly paths: readonly string[]) {
    this.steps = paths.map((path) => new ValuePath(path))
  }

  /** None where a path has no value. `many` where they cannot be told, or are too many. @throws BadRecordError */
  keysOf({ schema, bytes, start }: EntityData): readonly string[] | 'many' {
    let extract = this.extractions.get(schema)
    if (extract === undefined) this.extractions.set(schema, (extract = schema.extractionOf(this.paths)))
    const unknown = new Set<string>()
    const values = new JudgedValue(extract(bytes, start, unknown))
    if (unknown.size > 0) return 'many'
    let product = 1
    const all = this.steps.map((path) => {
      const keys = keysAt(values.at(path)).filter((key) => key !== null)
      product *= keys.length
      return keys
    })
    return product > keysMax ? 'many' : tuples(all)
  }
}

function tuples(keys: readonly (readonly LookupKey[])[]): string[] {
  const [only] = keys
  if (keys.length === 1) return only!.map(keyText)
  return keys.reduce<string[]>((all, some) => all.flatMap((before) => some.map((key) => `${before}${keyText(key)}`)), [''])
}

/** The length tells where one ends and the next one begins. */
function keyText(key: LookupKey): string {
  const text = String(key)
  return `${typeof key === 'string' ? '' : '!'}${text.length} ${text}`
}
