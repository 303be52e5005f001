import { claimListsAt, type UserClaims } from './claim-path.js'

/**
 * The roles that claims name, those of the topic and of the token together: lists of strings, single strings, or texts of scopes. A claim
 * that is missing adds none. A list with an entry that is no string leaves nobody any role, as the role left out could be one that forbids.
 * @param paths of the claims (`realm_access.roles`); see `claimAt`.
 */
export function rolesOf(claims: UserClaims, paths: readonly string[]): readonly string[] {
  const roles = paths.flatMap((path) => claimListsAt(claims, path))
  return roles.every((role): role is string => typeof role === 'string') ? [...new Set(roles)] : []
}

/** The claims that a text names, which commas separate. */
export function rolesClaimsOf(text: string): readonly string[] {
  return text.split(',').flatMap((name) => name.trim() || [])
}
