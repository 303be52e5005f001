import { claimListAt } from './claim-path.js'
import type { Claims } from './rights.js'

/**
 * The roles that a token's claims name, together: lists of strings, single strings, or texts of scopes. A claim that is missing adds none.
 * A list with an entry that is no string leaves the token without any role, as the role left out could be one that forbids.
 * @param paths of the claims (`realm_access.roles`); see `claimAt`.
 */
export function rolesOf(claims: Claims, paths: readonly string[]): readonly string[] {
  const roles = paths.flatMap((path) => claimListAt(claims, path) ?? [])
  return roles.every((role): role is string => typeof role === 'string') ? [...new Set(roles)] : []
}

/** The claims that a text names, which commas separate. */
export function rolesClaimsOf(text: string): readonly string[] {
  return text.split(',').flatMap((name) => name.trim() || [])
}
