import { ClaimSlot } from './claim-slot.js'
import type { BoundQuery, Query } from './condition.js'
import { Literal } from './literal.js'

/**
 * A part of a condition that must hold for the whole to hold, and that asks for a claim's value (or one of several) at a path. With it the
 * users for whom an event may meet the condition are looked up instead of asked one by one.
 */
export interface Anchor {
  readonly path: string
  /** Where the claim stands in the condition, member by member. */
  readonly place: readonly string[]
}

/** All anchors of a condition. Below `$or`, `$nor`, `$not` and `$elemMatch` there is none. */
export function anchorsOf(query: Query, place: readonly string[] = []): Anchor[] {
  return Object.entries<Query>(query as Readonly<Record<string, Query>>).flatMap(([name, part]) => {
    const here = [...place, name]
    if (name === '$and') return (part as readonly Query[]).flatMap((one, index) => anchorsOf(one, [...here, String(index)]))
    return name.startsWith('$') ? [] : anchorsAt(name, part, here)
  })
}

function anchorsAt(path: string, comparison: Query, place: readonly string[]): Anchor[] {
  if (comparison instanceof ClaimSlot) return [{ path, place }]
  if (comparison instanceof Literal) return []
  const operators = Object.entries<Query>(comparison as Readonly<Record<string, Query>>)
  const asking = operators.filter(([name, operand]) => (name === '$eq' || name === '$in') && isOpen(operand))
  return asking.map(([name]) => ({ path, place: [...place, name] }))
}

function isOpen(operand: Query): boolean {
  return operand instanceof ClaimSlot || (Array.isArray(operand) && operand.some((item) => item instanceof ClaimSlot))
}

/** The values that one user's claims have put in the anchor's place. */
export function literalsAt(query: BoundQuery, { place }: Anchor): readonly Literal[] {
  let part: unknown = query
  for (const name of place) part = (part as Readonly<Record<string, unknown>>)[name]
  return part instanceof Literal ? [part] : (part as readonly Literal[])
}
