import type { EntitySchema } from '#avro/entity-schema.js'
import { pathsKey } from '#policy/rules/field-name.js'
import { unnamedFieldsOf } from '#policy/policy-warnings.js'
import { RolePolicy } from '#policy/role-policy.js'
import type { Rule } from '#policy/rules/rule.js'
import { roleViewsOf, tagsOf } from '#tools/policy/role-view.js'
import { looksPersonal } from '#tools/schema/personal-data.js'
import type { LeafAnswer, PendingAnswer, TypesAnswer, VersionAnswer } from './answers.js'

/** The types that are streamed, with the versions of their schemas that are in use, and the fields that no rule names. */
export function typeList(
  schemasByType: ReadonlyMap<string, readonly EntitySchema[]>,
  rulesByRole: ReadonlyMap<string, readonly Rule[]>,
  examples: Readonly<Record<string, readonly string[]>>,
): TypesAnswer {
  const policy = new RolePolicy(rulesByRole)
  const all = [...schemasByType]
  return {
    types: all.map(([entity_type, schemas]) => ({
      entity_type,
      versions: versionsOf(schemas, rulesByRole),
      examples: examples[entity_type] ?? [],
      leaves: leavesOf(schemas.at(-1)!),
    })),
    pending: all.flatMap(([, schemas]) => pendingIn(schemas.at(-1)!, policy)),
  }
}

/** Several topics may have the same schema under ids of their own. */
function versionsOf(schemas: readonly EntitySchema[], rulesByRole: ReadonlyMap<string, readonly Rule[]>): VersionAnswer[] {
  const distinct = schemas.filter(({ leaves }, index) => index === 0 || pathsKey(leaves) !== pathsKey(schemas[index - 1]!.leaves))
  return distinct.map((schema, index) => {
    const before = distinct[index - 1] ?? schema
    const added = without(schema.leaves, before.leaves)
    const views = added.length === 0 ? [] : roleViewsOf(rulesByRole, [schema])
    const shownTo = (path: string) => views.filter(({ leaves }) => leaves.some((leaf) => leaf.path === path && leaf.shown !== 'never'))
    return {
      added: added.map((path) => ({ path, shown_to: shownTo(path).map(({ role }) => role) })),
      removed: without(before.leaves, schema.leaves),
    }
  })
}

function without(some: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others)
  return some.filter((path) => !known.has(path))
}

function pendingIn(schema: EntitySchema, policy: RolePolicy): PendingAnswer[] {
  const { entityType: entity_type } = schema
  return unnamedFieldsOf(policy, schema).map((path) => ({
    entity_type,
    path,
    tags: tagsOf(schema, schema.leaves.indexOf(path)),
    looks_personal: path.split('.').some(looksPersonal),
  }))
}

/** The leaves of a schema, as the page finds their values in what it is sent. */
function leavesOf(schema: EntitySchema): LeafAnswer[] {
  const above = new Set(schema.leaves.flatMap(pathsAbove))
  return schema.leaves.map((path, leaf) => ({
    path,
    steps: stepsOf(path, schema),
    has_leaves_under: above.has(path),
    tags: tagsOf(schema, leaf),
  }))
}

/** `a` and `a.b` of `a.b.c`. */
function pathsAbove(path: string): string[] {
  const names = path.split('.')
  return names.slice(1).map((_name, index) => names.slice(0, index + 1).join('.'))
}

function stepsOf(path: string, schema: EntitySchema): LeafAnswer['steps'] {
  const names = path.split('.')
  return names.map((name, index) => ({ name, list: schema.kindsAt(names.slice(0, index + 1).join('.'))?.endsInList === true }))
}
