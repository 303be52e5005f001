import type { EntitySchema } from '#avro/entity-schema.js'
import type { Showing } from '../rights.js'
import { comparisonsOf } from '../rules/comparison.js'
import type { BoundCondition } from '../rules/condition.js'
import { areNeverMet, type Equality, equalitiesOf } from '../rules/equalities.js'
import { type EqualityLookup, equalityLookupOf } from './equality-keys.js'

/**
 * Where all rows stand, by their stored values, that pass a filter as an audience sees them: nowhere where none can; undefined where any row
 * may pass.
 *
 * How long a look-up takes tells how many rows it finds. So it asks for what a client chose only where all rows that it finds show the client
 * that value: nobody may learn by the clock how many others have it. What rules ask for is chosen by nobody who reads.
 * @param schemas of all rows.
 */
export function rowLookupsOf(
  filter: BoundCondition | undefined,
  showings: readonly Showing[],
  schemas: readonly EntitySchema[],
): readonly EqualityLookup[] | undefined {
  const wished = equalitiesOf(filter)
  // However many there are: nobody learns anything by the clock.
  if (areNeverMet(wished)) return []
  const always = showings.find(({ condition }) => condition === undefined)
  const possible = showings.filter(({ condition }) => !areNeverMet(equalitiesOf(condition)))
  const lookups = (always === undefined ? possible : [always]).map((showing) => lookupUnder(showing, wished, schemas))
  return lookups.every((lookup) => lookup !== undefined) ? lookups : undefined
}

/** Of the rows of which this rule shows something. */
function lookupUnder(showing: Showing, wished: readonly Equality[], schemas: readonly EntitySchema[]): EqualityLookup | undefined {
  const { condition, isOpen } = showing
  const required = equalitiesOf(condition)
  const own = equalityLookupOf(required)
  // Where the rule asks for more than the look-up does, some that are found show nothing.
  const isWhole = condition === undefined || comparisonsOf(condition.toJSON()).length === (own?.paths.length ?? 0)
  const others = isWhole ? wished.filter(({ path }) => own?.paths.includes(path) !== true) : []
  const further = others.filter(({ path }) => schemas.every((schema) => isShown(path, showing, required, schema)))
  const both = equalityLookupOf([...required, ...further])
  if (further.length > 0 && own?.paths.every((path) => both!.paths.includes(path)) !== false) return both
  // What is written in the policy is asked for by all: most rows have it.
  return isOpen ? own : undefined
}

/** Whether every row of this schema that meets the rule shows what stands at the path. No row meets a rule about what the schema lacks. */
function isShown(path: string, showing: Showing, required: readonly Equality[], schema: EntitySchema): boolean {
  if ([path, ...required.map((equality) => equality.path)].some((one) => schema.kindsAt(one) === undefined)) return true
  const leaf = schema.leaves.indexOf(path)
  return leaf !== -1 && showing.alwaysShows(schema, leaf)
}
