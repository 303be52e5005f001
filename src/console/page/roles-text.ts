/** Said to be roles, as one may be called `everything`. */
export function rolesText(roles: readonly string[]): string {
  return roles.length === 0 ? 'no role' : `${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`
}
