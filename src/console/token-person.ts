import { decodeJwt, type JWTPayload } from 'jose'
import type { AuthConfig } from '#config/config.js'
import { claimAt } from '#policy/claim-path.js'
import { rolesOf } from '#policy/roles.js'
import type { TokenAnswer } from './answers.js'

/** What of the gateway's keepers says how tokens are read. */
export type TokenReading = Pick<AuthConfig, 'issuer' | 'rolesClaims' | 'subClaim' | 'clockToleranceSeconds'>

/** The gateway's server takes no longer headers; those of a browser are beside it. */
const charactersMax = 15_000

/**
 * Whose a token says it is, so that the page knows which rules to show: for the one who brings it, who could read that there. It is not
 * verified, and opens nothing: that the gateway does when the page connects. Answers a sentence where the gateway will refuse it.
 */
export function personOf(token: string, reading: TokenReading, nowMs: number): TokenAnswer | string {
  if (token.length > charactersMax) return `This token has ${token.length} characters; the gateway takes ${charactersMax} at most.`
  const claims = claimsOf(token)
  if (claims === undefined) return 'This is no token: it must be a JWT, which has three parts with dots between them.'
  const sub: unknown = claimAt(claims, reading.subClaim)
  const person: TokenAnswer = { sub: String(sub), roles: rolesOf(claims, reading.rolesClaims) }
  return faultOf(claims, sub, reading, nowMs) ?? person
}

function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

function faultOf({ iss, exp, nbf }: JWTPayload, sub: unknown, reading: TokenReading, nowMs: number): string | undefined {
  const { issuer, subClaim, clockToleranceSeconds: tolerance } = reading
  const now = nowMs / 1000
  if (issuer !== undefined && iss !== issuer) return 'This token is of another issuer than the one whose tokens the gateway takes.'
  if ((typeof sub !== 'string' || sub === '') && !Number.isSafeInteger(sub))
    return `This token does not say whose it is: it has no claim "${subClaim}".`
  if (typeof exp !== 'number') return 'This token never ends: it has no "exp", and the gateway takes only tokens that end.'
  if (exp + tolerance <= now) return 'This token has expired; get a new one.'
  if (typeof nbf === 'number' && nbf - tolerance > now) return 'This token is not valid yet.'
  return undefined
}
