import type { Log } from '#log.js'
import { claimAt } from '#policy/claim-path.js'
import { isJsonObject } from '#text/json-object.js'
import type { Claims } from '#policy/rights.js'

/** Issuers that are remarked on. Their names are signed, so that nobody makes them up. */
const issuersMax = 100

/** Tells operators, once of each issuer, what leaves the users of good tokens without roles. */
export class TokenRemarks {
  private readonly leftOut = new Set<unknown>()
  private readonly withoutRoles = new Set<unknown>()

  constructor(
    private readonly rolesClaims: readonly string[],
    private readonly log: Log,
  ) {}

  on(claims: Claims): void {
    const { iss } = claims
    const names = namesLeftOut(claims)
    if (names.length > 0) {
      if (isFirst(this.leftOut, iss)) this.log.warn({ iss, claims: names }, `A token leaves out claims that have too many values. ${mend}`)
    } else if (this.rolesClaims.every((path) => claimAt(claims, path) === undefined) && isFirst(this.withoutRoles, iss)) {
      this.log.warn({ iss, roles_claims: this.rolesClaims }, 'A good token has none of the claims that name roles: its user sees nothing.')
    }
  }
}

const mend = 'Its user lacks them here. Let the issuer put in roles, or only the groups that are assigned to the application.'

/** Microsoft's Entra names the claims that stand elsewhere (OpenID Connect, section 5.6.2), or marks a token with `hasgroups`. */
function namesLeftOut({ _claim_names: names, hasgroups }: Claims): readonly string[] {
  if (isJsonObject(names)) return Object.keys(names)
  return hasgroups === true || hasgroups === 'true' ? ['groups'] : []
}

function isFirst(known: Set<unknown>, issuer: unknown): boolean {
  if (known.has(issuer) || known.size >= issuersMax) return false
  known.add(issuer)
  return true
}
