import { entitySchemasOf } from '../../policy/entity-schemas.js'
import { roleViewsOf, type RoleView } from '../../policy/role-view.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { readInput } from '#config/text-file.js'
import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'

/** The option of all commands about policies that names the schemas of the entities. */
export interface SchemasOption {
  readonly schemas: string
}
export const schemasOption = ['--schemas <folder>', 'the entities it is about, one .avsc each', 'schemas'] as const

/** @throws ConfigurationError where the folder cannot be used. */
export function schemasIn(folder: string): EntitySchema[] {
  return entitySchemasOf(readSchemaFolder(folder))
}

/** @throws ConfigurationError where the file is not a policy. */
export function viewsOf(policyFile: string, schemas: readonly EntitySchema[]): RoleView[] {
  return roleViewsOf(rulesIn(policyFile), schemas)
}

/**
 * What a user with all of these roles, and no others, sees of each type.
 * @throws ConfigurationError where the file is not a policy, or lacks one of the roles.
 */
export function viewsWithRoles(policyFile: string, roles: readonly string[], schemas: readonly EntitySchema[]): RoleView[] {
  const rulesByRole = rulesIn(policyFile)
  const unknown = roles.find((role) => !rulesByRole.has(role))
  if (unknown !== undefined)
    throw new ConfigurationError(`${policyFile} has no role "${unknown}"; there are ${[...rulesByRole.keys()].join(', ')}.`)
  const rules = [...rulesByRole].flatMap(([role, its]) => (roles.includes(role) ? its : []))
  return roleViewsOf(new Map([[roles.join(', '), rules]]), schemas)
}

/** By role, in the file's order. The error's message names the file, as there may be two. */
function rulesIn(policyFile: string): ReadonlyMap<string, readonly Rule[]> {
  const text = readInput(policyFile)
  try {
    return parsePolicyFile(text)
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(`${policyFile}: ${error.message}`) : error
  }
}

/**
 * Says which types are not streamable, as nothing of them is sent whatever the policy says. It goes to standard error, beside the answer.
 */
export function noteUnlessStreamable({ entityType, streamable }: EntitySchema, { writeErr }: Terminal): void {
  if (!streamable)
    writeErr(`"${printable(entityType)}" is not streamable: the gateway sends nothing of it, unless ENTITIES says that it is.\n`)
}
