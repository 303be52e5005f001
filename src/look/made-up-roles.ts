import type { EntitySchema } from '#avro/entity-schema.js'
import { fieldName } from '#policy/rules/field-name.js'
import type { SampleUser } from '#sample/users.js'
import { personalLeavesOf } from './personal-leaves.js'

// Three roles for types that nobody has written a policy for: all of it; nothing that is tagged; id and status alone. Enters: schemas.
// Leaves: the text of a policy, and somebody of each role.

/** A type as far as its rights are concerned. */
export interface RightsSubject {
  readonly schema: EntitySchema
  /** The leaf that holds the id, where a field does. */
  readonly idField: string | undefined
}

interface MadeUpRule {
  readonly inverted?: true
  readonly action: 'read'
  readonly subject: string
  readonly fields: readonly string[]
  readonly reason?: string
}

/** What of a type is personal, by the best that is known: its tags, or names where it has none. */
export interface Personal {
  readonly tags: readonly string[]
  readonly leaves: readonly string[]
}

export function personalOf(schema: EntitySchema): Personal {
  const tags = [...schema.tags].flatMap(([tag, leaves]) => (leaves.size > 0 ? tag : [])).sort()
  return { tags, leaves: tags.length > 0 ? [] : personalLeavesOf(schema).filter(isPlain) }
}

/** A rule a line, as people write it. */
export function madeUpPolicy(types: readonly RightsSubject[]): string {
  const roles = [
    ['everything', types.map(everything)],
    ['untagged', types.flatMap(untagged)],
    ['bare', types.flatMap(bare)],
  ] as const
  const rule = (one: MadeUpRule): string => `\n      ${spaced(JSON.stringify(one))}`
  const written = roles.map(([role, rules]) => `    ${JSON.stringify(role)}: [${rules.map(rule).join(',')}\n    ]`)
  return `{\n  "roles": {\n${written.join(',\n')}\n  }\n}\n`
}

/** What stands in quotes is a value, whatever it looks like, and stays as it is: `tag:financial` is no `tag: financial`. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (part) => (part.length === 1 ? `${part} ` : part))
}

/** Somebody of each role. */
export function madeUpPeople(types: readonly RightsSubject[]): SampleUser[] {
  return [
    { name: 'Eve', sees: 'every field', claims: { sub: 'eve', roles: ['everything'] } },
    { name: 'Uma', sees: untaggedText(types), claims: { sub: 'uma', roles: ['untagged'] } },
    { name: 'Bob', sees: 'id and status alone', claims: { sub: 'bob', roles: ['bare'] } },
  ]
}

function everything({ schema: { entityType: subject } }: RightsSubject): MadeUpRule {
  return { action: 'read', subject, fields: ['**'] }
}

function untagged(type: RightsSubject): MadeUpRule[] {
  const { entityType: subject } = type.schema
  const { tags, leaves } = personalOf(type.schema)
  const hidden = [...tags.map((tag) => `tag:${tag}`), ...leaves]
  if (hidden.length === 0) return [everything(type)]
  const reason = leaves.length > 0 ? { reason: 'looks personal by its name' } : {}
  return [everything(type), { inverted: true, action: 'read', subject, fields: hidden, ...reason }]
}

/** Where neither is found, the first field alone, as a rule must show something. */
function bare({ schema, idField }: RightsSubject): MadeUpRule[] {
  const plain = singleLeaves(schema)
  const found = [idField, statusOf(schema)].flatMap((path) => (path !== undefined && plain.includes(path) ? path : []))
  const fields = found.length > 0 ? [...new Set(found)] : plain.slice(0, 1)
  return fields.length === 0 ? [] : [{ action: 'read', subject: schema.entityType, fields }]
}

const status = /(^|[._])(status|state)$/i

/** The field that says how it stands: by its name, or else the first that has one of a few words. The outermost comes first. */
function statusOf(schema: EntitySchema): string | undefined {
  const outermost = singleLeaves(schema).sort((one, other) => one.split('.').length - other.split('.').length)
  return outermost.find((path) => status.test(path)) ?? outermost.find((path) => isEnum(schema, path))
}

function isEnum(schema: EntitySchema, path: string): boolean {
  const { all, examples } = schema.comparableValuesAt(path)
  return examples.length === 0 && all.length > 0 && all.every((value) => typeof value === 'string')
}

/** What a rule can name without naming others: of a union with a record in it a path means all that is under it, too. */
function singleLeaves({ leaves }: EntitySchema): string[] {
  return leaves.filter((path) => isPlain(path) && !leaves.some((other) => other.startsWith(`${path}.`)))
}

/** Whether a rule can name it by its path: what writers take is more than that. */
function isPlain(path: string): boolean {
  return path.split('.').every((step) => fieldName.test(step))
}

function untaggedText(types: readonly RightsSubject[]): string {
  const all = types.map(({ schema }) => personalOf(schema))
  const tags = [...new Set(all.flatMap((one) => one.tags))].sort()
  const isNamed = all.some(({ leaves }) => leaves.length > 0)
  const byTags = `nothing that is tagged ${tags.join(' or ')}`
  if (tags.length === 0)
    return isNamed ? 'nothing that looks personal by its name: no field is tagged' : 'every field: none is tagged, and none looks personal'
  return isNamed ? `${byTags}; of a type without tags nothing that looks personal by its name` : byTags
}
