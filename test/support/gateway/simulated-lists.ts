import { policies, type Entity, type SimulatedUser, type WrittenEvent } from './simulated-world.js'
import { visible } from './picture-oracle.js'

// Lists that pages ask for, and what must be on them: said plainly, by what a user may see alone.

type Operators = Readonly<Record<string, unknown>>
type Where = Readonly<Record<string, unknown>>

/** What a list asks for. */
export interface SimulatedList {
  readonly entityType: string
  readonly where: Where
  readonly fields?: readonly string[]
}

const wheres: readonly Where[] = [
  {},
  { status: 'PAID' },
  { status: { $in: ['PAID', 'nothing'] }, region: 'eu' },
  { total: { $gt: 50 } },
  { email: { $exists: true } },
  { email: null },
  { $or: [{ region: 'eu' }, { total: { $lt: 20 } }] },
  { region: { $ne: 'eu' } },
]
const someFields = [undefined, ['id', 'status'], ['total']] as const

export const lists: readonly SimulatedList[] = ['order', 'parcel'].flatMap((entityType) =>
  wheres.flatMap((where) => someFields.map((fields) => ({ entityType, where, ...(fields && { fields }) }))),
)

/** What the user's list shows of a version. */
export function listed(
  { where, fields }: SimulatedList,
  user: SimulatedUser,
  version: WrittenEvent | undefined,
  policy: number,
): Entity | undefined {
  const entity = visible(user, version, policy)
  if (entity === undefined || !passes(where, entity)) return undefined
  const shown = Object.entries(entity).filter(([leaf]) => fields?.includes(leaf) ?? true)
  return shown.length === 0 ? undefined : Object.fromEntries(shown)
}

/** Whether the user may ever be shown all that the list names. */
export function mayAsk({ entityType, where, fields = [] }: SimulatedList, user: SimulatedUser, policy: number): boolean {
  const { roles } = policies[policy]!
  const rules = Object.entries(roles)
    .flatMap(([role, of]) => (user.roles.includes(role) ? of : []))
    .filter(({ subject }) => [subject].flat().includes(entityType))
  const isShown = (leaf: string) => {
    const last = rules.findLast(({ fields: named }) => [named].flat().includes(leaf))
    return last !== undefined && last.inverted !== true
  }
  const named = [...new Set([...namesIn(where), ...fields])]
  return rules.some(({ inverted }) => inverted !== true) && named.every(isShown)
}

function namesIn(where: Where): string[] {
  return Object.entries(where).flatMap(([name, part]) => (name === '$or' ? (part as Where[]).flatMap(namesIn) : [name]))
}

function passes(where: Where, entity: Entity): boolean {
  return Object.entries(where).every(([name, part]) => {
    if (name === '$or') return (part as Where[]).some((one) => passes(one, entity))
    const value = entity[name] ?? null
    if (typeof part !== 'object' || part === null) return value === part
    return Object.entries(part as Operators).every(([operator, operand]) => operators[operator]!(value, operand, name in entity))
  })
}

const operators: Readonly<Record<string, (value: unknown, operand: unknown, isThere: boolean) => boolean>> = {
  $in: (value, operand) => (operand as unknown[]).includes(value),
  $ne: (value, operand) => value !== operand,
  $gt: (value, operand) => typeof value === 'number' && value > (operand as number),
  $lt: (value, operand) => typeof value === 'number' && value < (operand as number),
  $exists: (_value, operand, isThere) => isThere === operand,
}
