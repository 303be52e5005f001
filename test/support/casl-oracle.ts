import { Ability, subject, type MatchConditions } from '@casl/ability'
import { allInterpreters, allParsingInstructions, createFactory } from '@ucast/mongo2js'
import { leavesOf, toPlain, type ModelValue, type RecordType } from './entity-model.js'
import type { RawPolicy, RawRule, User } from './arbitrary-policy.js'

// What plain CASL permits, said as plainly as possible: nothing is compiled, shared or remembered, and nothing of src/ is used.

/** The leaves that the user may see of this event; undefined where plain CASL throws, as it does on conditions on parts of null. */
export function permittedLeaves(
  policy: RawPolicy,
  user: User,
  entityType: string,
  type: RecordType,
  value: ModelValue,
): string[] | undefined {
  const leaves = leavesOf(type)
  const rules = rulesOf(policy, user).flatMap((rule) => {
    const fields = [...leaves].filter(([leaf, tags]) => rule.fields.some((pattern) => names(pattern, leaf, tags))).map(([leaf]) => leaf)
    return fields.length === 0 ? [] : [{ ...rule, fields }]
  })
  const ability = new Ability(rules, { conditionsMatcher, fieldMatcher })
  const entity = toPlain(type, value) as Record<string, unknown>
  try {
    return [...leaves.keys()].filter((leaf) => ability.can('read', subject(entityType, { ...entity }), leaf))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Unable to get field')) return undefined
    throw error
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
    return list.every(isUsable) ? list : lacking
  }
  const isOrdering = ['$gt', '$gte', '$lt', '$lte'].includes(operator)
  return isUsable(claim) && !(isOrdering && typeof claim === 'boolean') ? claim : lacking
}

function isUsable(claim: unknown): boolean {
  return typeof claim === 'string' || typeof claim === 'boolean' || (typeof claim === 'number' && Math.abs(claim) < 2 ** 53)
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

const match = createFactory(allParsingInstructions, allInterpreters, {
  // CASL's own reads what a record inherits, and throws on nulls in arrays.
  get: (object: unknown, field: string) => (isObject(object) && Object.hasOwn(object, field) ? object[field] : undefined),
  compare: compareForCasl as (a: unknown, b: unknown) => 0 | 1 | -1,
})

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function conditionsMatcher(conditions: unknown): MatchConditions {
  return match(conditions as Record<string, unknown>)
}

/** In the plain form numbers and instants are symbols that say what they are; all else is itself, as literals are. */
function compareForCasl(a: unknown, b: unknown): number {
  if (typeof a === 'symbol') return compareSymbol(a, b)
  if (typeof b === 'symbol') return -compareSymbol(b, a)
  if (typeof a !== typeof b) return NaN
  if (a === b) return 0
  if (typeof a !== 'string' && typeof a !== 'boolean') return NaN
  return a > (b as typeof a) ? 1 : -1
}

function compareSymbol(leaf: symbol, literal: unknown): number {
  const [kind, text = ''] = (leaf.description ?? '').split(':')
  if (kind === 'instant') return typeof literal === 'string' ? difference(BigInt(text), nanosecondsOf(literal)) : NaN
  return typeof literal === 'string' || typeof literal === 'number' ? difference(scaled(text), scaled(String(literal))) : NaN
}

function difference(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return NaN
  return a === b ? 0 : a < b ? -1 : 1
}

/** The number times 10^30. */
function scaled(text: string): bigint | undefined {
  if (text === '1e+21') return 10n ** 51n
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const value = BigInt(whole + fraction.padEnd(30, '0'))
  return sign === '-' ? -value : value
}

function nanosecondsOf(text: string): bigint | undefined {
  const [, day, rest = ''] = /^(\d{4}-\d\d-\d\d)(?:T(.*))?$/.exec(text) ?? []
  if (day === undefined) return undefined
  const fraction = /\.(\d+)/.exec(rest)?.[1] ?? ''
  const time = rest === '' ? '00:00Z' : rest.replace(/\.\d+/, '')
  const ms = Date.parse(`${day}T${/(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`}`)
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
