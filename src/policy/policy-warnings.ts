import type { EntitySchema } from '#avro/entity-schema.js'
import type { RolePolicy } from './role-policy.js'
import type { Rule } from './rules/rule.js'

/** A sentence for each name in the policy that no known schema has. Its schema may come later, or the name is misspelt. */
export function warningsOf(policy: RolePolicy, schemas: readonly EntitySchema[]): string[] {
  return policy.rules.flatMap((rule) =>
    [...rule.entityTypes].flatMap((entityType) => {
      const known = schemas.filter((schema) => schema.entityType === entityType)
      if (known.length === 0) return [`${rule.place.member('subject').words} names "${entityType}", of which no schema is known.`]
      return unknownNames(rule, known).map((named) => `${named}, which no known schema of "${entityType}" has.`)
    }),
  )
}

function unknownNames({ place, patterns }: Rule, schemas: readonly EntitySchema[]): string[] {
  const fields = patterns.filter((pattern) => schemas.every((schema) => pattern.leavesOf(schema).length === 0))
  return fields.map(({ text }) => `${place.member('fields').words} names "${text}"`)
}

/** The leaves that no rule of the policy names, such as a new field. Nobody sees them, though nobody may have meant that. */
export function unnamedFieldsOf(policy: RolePolicy, schema: EntitySchema): string[] {
  const rules = policy.rules.filter(({ entityTypes }) => entityTypes.has(schema.entityType))
  const named = new Set(rules.flatMap(({ patterns }) => patterns.flatMap((pattern) => pattern.leavesOf(schema))))
  return schema.leaves.filter((_leaf, index) => !named.has(index))
}
