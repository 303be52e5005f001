import type { Claims } from './rights.js'

/**
 * The roles that a token's claim names: a list of strings or a single string. Anything else gives no roles. Neither does a list with one
 * wrong entry, as the role left out could be one that forbids. `claim` is the name of a member of the token, or a path through its objects
 * (`realm_access.roles`); a member with exactly that name comes first (`https://example.com/roles`).
 */
export function rolesOf(claims: Claims, claim: string): readonly string[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : valueAt(claims, claim.split('.'))
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((role): role is string => typeof role === 'string') ? value : []
}

function valueAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const member of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined
    value = (value as Record<string, unknown>)[member]
  }
  return value
}
