import { Ability, subject, type MatchConditions } from '@casl/ability'
import { ITSELF, MongoQueryParser, allInterpreters, allParsingInstructions, createInterpreter, type Condition } from '@ucast/mongo2js'
import { leavesOf, toPlain, type ModelValue, type RecordType } from './entity-model.js'
import type { RawPolicy, RawRule, User } from './arbitrary-policy.js'
import { compareForCasl } from './plain-comparison.js'
import { isUndecided } from './plain-doubt.js'

// What plain CASL permits, said as plainly as possible: nothing is compiled, shared or remembered, and nothing of src/ is used.

export interface Permission {
  /** What the user may see of this event. */
  readonly leaves: string[]
  /** How many of the conditions that the user's claims fill could be decided, and how many could not. */
  readonly decided: number
  readonly undecided: number
}

/** @param unavailable the text that stands for a value that is not known, where a connector wrote the event. */
export function permitted(
  policy: RawPolicy,
  user: User,
  entityType: string,
  type: RecordType,
  value: ModelValue,
  unavailable?: string,
): Permission {
  const bound = rulesOf(policy, user)
  const doubtful = bound.filter(({ conditions }) => conditions !== undefined && isUndecided(conditions, type, value, unavailable))
  const leaves = leavesOf(type)
  const rules = bound.flatMap((rule) => {
    const { conditions, ...bare } = rule
    if (doubtful.includes(rule) && rule.inverted !== true) return []
    const fields = [...leaves].filter(([leaf, tags]) => rule.fields.some((pattern) => names(pattern, leaf, tags))).map(([leaf]) => leaf)
    if (fields.length === 0) return []
    return [{ ...bare, fields, ...(conditions !== undefined && !doubtful.includes(rule) && { conditions }) }]
  })
  const ability = new Ability(rules, { conditionsMatcher, fieldMatcher })
  const entity = toPlain(type, value) as Record<string, unknown>
  return {
    leaves: [...leaves.keys()].filter((leaf) => ability.can('read', subject(entityType, { ...entity }), leaf)),
    decided: bound.filter(({ conditions }) => conditions !== undefined).length - doubtful.length,
    undecided: doubtful.length,
  }
}

function fieldMatcher(fields: readonly string[]): (field: string) => boolean {
  return (field) => fields.includes(field)
}

function rulesOf(policy: RawPolicy, user: User): RawRule[] {
  const rules = Object.keys(policy.roles).flatMap((role) => (user.roles.includes(role) ? policy.roles[role]! : []))
  return rules.flatMap((rule) => {
    const { conditions, ...bare } = rule
    if (conditions === undefined) return [rule]
    const bound = bind(conditions, user.claims)
    if (bound !== lacking) return [{ ...bare, conditions: bound as Record<string, unknown> }]
    return rule.inverted === true ? [bare] : []
  })
}

const lacking = Symbol('a claim is lacking')

function bind(json: unknown, claims: User['claims'], operator = ''): unknown {
  if (typeof json === 'string' && json.startsWith('${user.')) return claimOf(json.slice('${user.'.length, -1), claims, operator)
  if (typeof json !== 'object' || json === null) return json
  const parts = Object.entries(json).map(([key, part]) => [key, bind(part, claims, Array.isArray(json) ? '' : key)] as const)
  if (parts.some(([, part]) => part === lacking)) return lacking
  return Array.isArray(json) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

function claimOf(name: string, claims: User['claims'], operator: string): unknown {
  const claim = claims[name]
  if (operator === '$in' || operator === '$nin') {
    const list: unknown[] = Array.isArray(claim) ? claim : [claim]
    return list.length <= 1000 && list.every(isUsable) ? list : lacking
  }
  const isOrdering = ['$gt', '$gte', '$lt', '$lte'].includes(operator)
  return isUsable(claim) && !(isOrdering && typeof claim === 'boolean') ? claim : lacking
}

function isUsable(claim: unknown): boolean {
  if (typeof claim === 'string') return claim.length <= 1024
  return typeof claim === 'boolean' || (typeof claim === 'number' && Math.abs(claim) < 2 ** 53)
}

/** Whether the path leads to the leaf or to something that it lies in. */
function names(pattern: string, leaf: string, tags: ReadonlySet<string>): boolean {
  if (pattern.startsWith('tag:')) return tags.has(pattern.slice(4))
  const steps = leaf.split('.')
  return steps.some((_step, index) => leads(pattern.split('.'), steps.slice(0, index + 1)))
}

function leads([first, ...rest]: string[], path: string[]): boolean {
  if (first === undefined) return path.length === 0
  if (first === '**') return leads(rest, path) || (path.length > 0 && leads([first, ...rest], path.slice(1)))
  return path.length > 0 && (first === '*' || first === path[0]) && leads(rest, path.slice(1))
}

/** What stands at the end of the path in each record that it leads through; undefined where that is missing, be it behind null. */
function membersAt(value: unknown, steps: readonly string[]): unknown[] {
  const [first, ...rest] = steps
  if (first === undefined) return [value]
  if (Array.isArray(value)) return value.flatMap((item) => (Array.isArray(item) ? [undefined] : membersAt(item, steps)))
  return isRecord(value) && Object.hasOwn(value, first) ? membersAt(value[first], rest) : [undefined]
}

function crossesList(value: unknown, steps: readonly string[]): boolean {
  const [first, ...rest] = steps
  if (first === undefined) return false
  return Array.isArray(value) || (isRecord(value) && crossesList(value[first], rest))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stepsOf(path: string): string[] {
  return path === (ITSELF as string) ? [] : path.split('.')
}

/** As CASL has it, but for what lies behind null or what is no record: CASL throws or says no, here it is missing. */
function get(object: unknown, path: string): unknown {
  const members = membersAt(object, stepsOf(path))
  return crossesList(object, stepsOf(path)) ? members.flat() : members[0]
}

interface Node<T> {
  readonly field: string
  readonly value: T
}

const eq = ({ field, value }: Node<unknown>, object: unknown) =>
  [get(object, field)].flat().some((found) => compareForCasl(found, value) === 0)
const exists = ({ field, value }: Node<boolean>, object: unknown) =>
  field === (ITSELF as string) || membersAt(object, stepsOf(field)).some((member) => (member !== undefined) === value)
const size = ({ field, value }: Node<number>, object: unknown) =>
  membersAt(object, stepsOf(field)).some((member) => Array.isArray(member) && member.length === value)
const elemMatch = (
  { field, value }: Node<object>,
  object: unknown,
  { interpret }: { interpret: (node: object, on: unknown) => boolean },
) => {
  const found = get(object, field)
  return Array.isArray(found) && found.some((item) => item !== undefined && interpret(value, item))
}

const parser = new MongoQueryParser(allParsingInstructions)
const own = { eq, ne: (node: Node<unknown>, object: unknown) => !eq(node, object), exists, size, elemMatch }
const interpreters = { ...allInterpreters, ...own } as unknown as Record<
  string,
  (condition: Condition, object: unknown, context: object) => boolean
>
const interpret = createInterpreter(interpreters, { get, compare: compareForCasl, isArray: Array.isArray })

export function conditionsMatcher(conditions: unknown): MatchConditions {
  const condition = parser.parse(conditions as Record<string, unknown>)
  return (object) => interpret(condition, object)
}
