// Finds what a change of schemas shows to which roles. Enters: a policy, and the entities before and after the change. Leaves: findings.
import { FieldPattern } from '#policy/rules/field-pattern.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import type { Rule } from '#policy/rules/rule.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'
import { JsonLines } from '#text/json-lines.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { entitySchemasOf } from './entity-schemas.js'
import { type RoleView, roleViewsOf, shownText } from './role-view.js'
import { changesBetween, type ViewChange } from './view-changes.js'

const rules = {
  'tagged-field-shown': {
    severity: 'error',
    why: 'What is tagged was not meant for everybody, and what has been sent cannot be taken back.',
    mend: 'Hide the tag or the field in the policy, or have this finding ignored with the reason why the role may see it.',
  },
  'field-shown': {
    severity: 'warning',
    why: 'A rule names it only by a pattern or by a field around it, so nobody has decided it for this field.',
    mend: 'Nothing, if it is meant so; else name the fields that the role may see.',
  },
  'field-hidden': {
    severity: 'warning',
    why: 'Clients with this role do not receive it any more, or only under another condition.',
    mend: 'Nothing, if it is meant so; else a rule that shows it.',
  },
} as const satisfies RuleTable

const finding = findingsOf('schema', rules)
export const viewRules = ruleIdsOf('schema', rules)

/** A change, and whether it is worth a finding. */
interface JudgedChange extends ViewChange {
  readonly isThere: boolean
  /** Whether rules that name the field itself show it the same way, so that somebody has decided it for this field. */
  readonly isWrittenOut: boolean
}

/** Of fields that are there to be seen. @throws ConfigurationError where the policy or a schema cannot be used. */
export function checkViews(policy: string, before: readonly EntityFile[], after: readonly EntityFile[]): Finding[] {
  const files = new Map(after.map((file) => [file.entityType, { ...file, lines: new JsonLines(file.text) }]))
  return viewChangesOf(policy, before, after)
    .filter((change) => change.isThere && !(change.isWrittenOut && ruleOf(change) === 'field-shown'))
    .map((change) => finding(ruleOf(change), linePlace(change, files.get(change.entityType)!), sentenceOf(change)))
}

/**
 * What each role would see more and less. Where streaming begins, nobody has seen the entity before; where it ends, nobody will see it. An
 * entity whose schema says neither before nor after that it is streamed counts as streamed by the configuration.
 * @throws ConfigurationError as `checkViews` does.
 */
export function viewChangesOf(policy: string, before: readonly EntityFile[], after: readonly EntityFile[]): JudgedChange[] {
  const rulesByRole = parsePolicyFile(policy)
  const [old, now] = [entitySchemasOf(before), entitySchemasOf(after)]
  const [was, is] = [notStopped(old, now), notStopped(now, old)]
  const [seen, views] = [was, is].map((schemas) => roleViewsOf(rulesByRole, schemas))
  const there = shownByLeaf(views!)
  const writtenOut = shownByLeaf(roleViewsOf(writtenOutAlone(rulesByRole), is))
  return changesBetween(seen!, views!).map((change) => {
    const shown = there.get(viewKey(change))
    return { ...change, isThere: shown !== undefined, isWrittenOut: shown === writtenOut.get(viewKey(change)) }
  })
}

/** The rules that show, with only those fields that they name themselves: not by a pattern, a tag or a field around them. */
function writtenOutAlone(rulesByRole: ReadonlyMap<string, readonly Rule[]>): Map<string, Rule[]> {
  const narrowed = (rule: Rule): Rule => (rule.shows ? { ...rule, patterns: rule.patterns.map(leafAlone) } : rule)
  return new Map([...rulesByRole].map(([role, rules]) => [role, rules.map(narrowed)]))
}

function leafAlone(pattern: FieldPattern): FieldPattern {
  return new FieldPattern(pattern.text, (schema) => pattern.leavesOf(schema).filter((leaf) => schema.leaves[leaf] === pattern.text))
}

function shownByLeaf(views: readonly RoleView[]): Map<string, string> {
  return new Map(
    views.flatMap(({ role, entityType, leaves }) =>
      leaves.map(({ path, shown }): [string, string] => [viewKey({ role, entityType, path }), shownText(shown)]),
    ),
  )
}

function viewKey({ role, entityType, path }: Pick<ViewChange, 'role' | 'entityType' | 'path'>): string {
  return JSON.stringify([role, entityType, path])
}

/** Leaves out entities that are not streamable here but are in the other schemas. */
function notStopped(schemas: readonly EntitySchema[], others: readonly EntitySchema[]): EntitySchema[] {
  const streamed = new Set(others.filter(({ streamable }) => streamable).map(({ entityType }) => entityType))
  return schemas.filter(({ entityType, streamable }) => streamable || !streamed.has(entityType))
}

/** Another condition may hold where the first one did not, so a tagged field under another condition counts as newly seen. */
function ruleOf({ kind, tags }: ViewChange): keyof typeof rules {
  if (kind !== 'narrower' && tags.length > 0) return 'tagged-field-shown'
  return kind === 'wider' ? 'field-shown' : 'field-hidden'
}

function sentenceOf({ role, entityType, path, tags, before, after }: ViewChange): string {
  const tagged = tags.length === 0 ? '' : ` (${tags.join(', ')})`
  return `"${role}" would see ${entityType}.${path}${tagged} ${shownText(after)}, and saw it ${shownText(before)}.`
}

/** The line of the entity's field in which the leaf is. */
function linePlace(
  { path }: ViewChange,
  { file, lines, schema }: EntityFile & { readonly lines: JsonLines },
): { file: string; line: number } {
  const [first] = path.split('.')
  const fields = schema['fields'] as readonly { readonly name?: unknown }[]
  return { file, line: lines.of(['fields', fields.findIndex(({ name }) => name === first)]) }
}
