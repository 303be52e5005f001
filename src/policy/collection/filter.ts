import { isJsonObject } from '#text/json-object.js'
import { comparisonsOf } from '../rules/comparison.js'
import { parseCondition } from '../rules/condition-syntax.js'
import type { BoundCondition } from '../rules/condition.js'
import { Place } from '../rules/place.js'

/** Each may be looked up in each event, and people write some few. */
const operandsMax = 256

/** What is wrong is told by the code of an error: the words are for the places of the policies' reader. */
const where = new Place({ whole: 'The member "where"', part: 'In the member "where"' })

/**
 * A client's filter: the policies' operators on fields, without claims. Undefined where everything passes.
 * @throws ConfigurationError where it is none.
 */
export function parseFilter(json: Readonly<Record<string, unknown>>): BoundCondition | undefined {
  if (Object.keys(json).length === 0) return undefined
  refuseClaims(json)
  const condition = parseCondition(json, where).bind({})
  if (condition === undefined) throw where.refusal('refers to a claim')
  const operands = comparisonsOf(condition.toJSON()).reduce((sum, { operands: some }) => sum + Math.max(1, some.length), 0)
  if (operands > operandsMax) throw where.refusal(`has more than ${operandsMax} operands`)
  return condition
}

/** A text that looks like a claim's place is no value that anybody means. */
function refuseClaims(json: unknown): void {
  if (typeof json === 'string' && json.includes('${')) throw where.refusal('refers to a claim')
  if (Array.isArray(json)) for (const item of json) refuseClaims(item)
  else if (isJsonObject(json)) for (const value of Object.values(json)) refuseClaims(value)
}
