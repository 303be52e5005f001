import { SignJWT } from 'jose'

/** Long enough to try things out for a day. The key is gone when the process ends anyway. */
const tokenLifetime = '24h'

export interface SampleUser {
  readonly name: string
  /** What this user sees, in words. */
  readonly sees: string
  readonly claims: { readonly sub: string; readonly roles: readonly string[]; readonly region?: string }
}

/** The key, and the other things that the gateway requires of a token. */
export interface SampleKey {
  readonly secret: string
  readonly issuer: string | undefined
  readonly audience: string | undefined
  readonly rolesClaims: readonly string[]
  readonly subClaim: string
}

/** The roles are those of `schemas/policy.json`. */
export const sampleUsers: readonly SampleUser[] = [
  {
    name: 'Sam',
    sees: 'support: no costs, and of personal data that of customers in her own region',
    claims: { sub: 'sam', roles: ['support'], region: 'eu' },
  },
  { name: 'Wanda', sees: 'warehouse: what to pack', claims: { sub: 'wanda', roles: ['warehouse'] } },
  { name: 'Ada', sees: 'a customer: her own orders, with her address', claims: { sub: 'customer-1', roles: ['customer'] } },
]

/** Signs a token that a gateway with this key accepts. */
export function tokenOf({ claims }: SampleUser, { secret, issuer, audience, rolesClaims, subClaim }: SampleKey): Promise<string> {
  const { roles, ...others } = claims
  const expected = {
    [rolesClaims[0]!]: roles,
    [subClaim]: claims.sub,
    ...(issuer !== undefined && { iss: issuer }),
    ...(audience !== undefined && { aud: audience }),
  }
  return new SignJWT({ ...others, ...expected })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(tokenLifetime)
    .sign(Buffer.from(secret))
}
