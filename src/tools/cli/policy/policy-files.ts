import { entitySchemasOf } from '../../policy/entity-schemas.js'
import type { PolicyText } from '../../policy/policy-lint.js'
import { roleViewsOf, type RoleView } from '../../policy/role-view.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import { type EntityFile, readSchemaFolder } from '#schema/files/schema-folder.js'
import { streamedFileOf } from '#schema/subjects/streamed-record.js'
import { seedEntity } from '#entities.js'
import { type EntitiesOption, parseEntitiesOption } from '../entities-option.js'
import { readInput } from '#config/text-file.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'

/** The options of all commands about policies that say which entities there are. */
export interface SchemasOption extends EntitiesOption {
  readonly schemas: string
}

export const schemasOption = ['--schemas <folder>', 'the entities it is about, one .avsc each', 'schemas'] as const
export const entitiesOption = [
  '--entities <file>',
  'the file of ENTITIES, where it says which fields are marks, or what is streamable',
] as const

/** The files of the folder, each as its entity is streamed. @throws ConfigurationError where one of them cannot be used. */
export function filesIn({ schemas, entities }: SchemasOption): EntityFile[] {
  const files = readSchemaFolder(schemas)
  if (entities === undefined) return files
  const definitions = new Map(parseEntitiesOption(entities).entities.map((one) => [one.name, one]))
  return files.map((file) => streamedFileOf(file, definitions.get(file.entityType) ?? seedEntity(file.entityType)))
}

/** @throws ConfigurationError where the folder cannot be used. */
export function schemasIn(options: SchemasOption): EntitySchema[] {
  return entitySchemasOf(filesIn(options))
}

/** @throws ConfigurationError where the file is not a policy. */
export function viewsOf(policyFile: string, schemas: readonly EntitySchema[]): RoleView[] {
  return viewsOfText({ file: policyFile, text: readInput(policyFile) }, schemas)
}

/** @throws ConfigurationError where the text is not a policy. */
export function viewsOfText(policy: PolicyText, schemas: readonly EntitySchema[]): RoleView[] {
  return roleViewsOf(rulesIn(policy), schemas)
}

/**
 * What a user with all of these roles, and no others, sees of each type.
 * @throws ConfigurationError where the file is not a policy, or lacks one of the roles.
 */
export function viewsWithRoles(policyFile: string, roles: readonly string[], schemas: readonly EntitySchema[]): RoleView[] {
  const rulesByRole = rulesOf(policyFile)
  const unknown = roles.find((role) => !rulesByRole.has(role))
  if (unknown !== undefined)
    throw new ConfigurationError(`${policyFile} has no role "${unknown}"; there are ${[...rulesByRole.keys()].join(', ')}.`)
  const rules = [...rulesByRole].flatMap(([role, its]) => (roles.includes(role) ? its : []))
  return roleViewsOf(new Map([[roles.join(', '), rules]]), schemas)
}

/** @throws ConfigurationError where the file is not a policy. */
export function rulesOf(policyFile: string): ReadonlyMap<string, readonly Rule[]> {
  return rulesIn({ file: policyFile, text: readInput(policyFile) })
}

/** By role, in the file's order. The error's message names the file, as there may be two. */
function rulesIn({ file, text }: PolicyText): ReadonlyMap<string, readonly Rule[]> {
  try {
    return parsePolicyFile(text)
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(`${file}: ${error.message}`) : error
  }
}

/**
 * Says which types are not streamable, as nothing of them is sent whatever the policy says. It goes to standard error, beside the answer.
 */
export function noteUnlessStreamable({ entityType, streamable }: EntitySchema, { writeErr }: Terminal): void {
  if (!streamable)
    writeErr(`"${printable(entityType)}" is not streamable: the gateway sends nothing of it, unless ENTITIES says that it is.\n`)
}
