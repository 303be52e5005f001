import { parseFieldPattern, type FieldPattern } from '#policy/rules/field-pattern.js'
import { policyPlace } from '#policy/rules/policy-file.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'

/**
 * The leaves that a path, a pattern or a tag names, by their index, as it would in a rule. Where it names none, a text that says what is
 * wrong with it, as the rest of a sentence.
 */
export function leavesAskedFor(text: string, schema: EntitySchema): readonly number[] | string {
  const pattern = patternOf(text)
  if (pattern === undefined) return 'is no path, pattern or tag'
  const leaves = pattern.leavesOf(schema)
  return leaves.length === 0 ? `names no field of "${schema.entityType}"` : leaves
}

function patternOf(text: string): FieldPattern | undefined {
  try {
    return parseFieldPattern(text, policyPlace)
  } catch (error) {
    // The error's own message names a place in a policy file, and this pattern is not from one.
    if (error instanceof ConfigurationError) return undefined
    throw error
  }
}
