/**
 * Enters: a token (JWT). Leaves: what the token says about its user, or the code of the refusal. Only signed tokens with a user and an
 * expiry pass. The kind of keys decides which algorithms may sign, never the token.
 */
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import type { Claims } from '#policy/rights.js'
import type { Clock } from '#clock.js'
import { secretBytesMin } from '#config/config.js'
import { ConfigurationError } from '#errors.js'
import type { TokenErrorCode } from '#protocol/codes.js'
import type { Log } from '#log.js'
import { KeysUnavailableError } from './key-fetch.js'
import { RemoteKeys } from './remote-keys.js'
import { rolesOf } from '#policy/roles.js'

export interface TokenVerifierOptions {
  /** `secret`: HS256, at least 32 bytes in UTF-8. `jwks`: RS256, ES256 or EdDSA by the keys at a URL. */
  readonly keys: { readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'jwks'; readonly url: URL }
  /** The `iss` that a token must have. Undefined allows any. */
  readonly issuer?: string | undefined
  /** The audience that a token's `aud` must be or hold. Undefined allows any. */
  readonly audience?: string | undefined
  /** The claim that holds the roles: a name, or a path with dots. */
  readonly rolesClaim: string
}

/** What a verified token says. */
export interface VerifiedToken {
  readonly sub: string
  readonly roles: readonly string[]
  readonly claims: Claims
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number
}

export interface TokenVerifier {
  /** Never rejects: a fault of the token, and keys that cannot be had, are answered as a code. */
  verify(token: string): Promise<VerifiedToken | TokenErrorCode>
}

export interface KeyedVerifier extends TokenVerifier {
  /** Keys at an address. Once started they are fetched in the background, otherwise by the first token. */
  readonly remoteKeys: RemoteKeys | undefined
}

/** @throws ConfigurationError where the secret is too short to be one. */
export function createTokenVerifier(options: TokenVerifierOptions, context: { readonly clock: Clock; readonly log: Log }): KeyedVerifier {
  const { keys, issuer, audience, rolesClaim } = options
  const remoteKeys = keys.kind === 'jwks' ? new RemoteKeys(keys.url, context) : undefined
  const getKey = keys.kind === 'secret' ? secretKey(keys.secret) : remoteKeys!.getKey
  const checks: JWTVerifyOptions = {
    algorithms: keys.kind === 'secret' ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  }
  return {
    remoteKeys,
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, getKey, { ...checks, currentDate: new Date(context.clock.now()) })
        return verifiedToken(payload, rolesClaim)
      } catch (error) {
        return refusalCode(error, context.log)
      }
    },
  }
}

function secretKey(secret: string): JWTVerifyGetKey {
  const key = Buffer.from(secret)
  if (key.byteLength < secretBytesMin) {
    throw new ConfigurationError(`The secret that signs tokens has ${key.byteLength} bytes; it must have at least ${secretBytesMin}.`)
  }
  return () => key
}

/** The library checks `exp` only where there is one, and takes anything for a `sub`. */
function verifiedToken(payload: JWTPayload, rolesClaim: string): VerifiedToken | TokenErrorCode {
  const { sub, exp } = payload
  if (typeof sub !== 'string' || sub === '' || exp === undefined) return 'token_invalid'
  // A token that never ends in practice may say so by a number that cannot be a date.
  const expiresAtMs = Math.min(exp * 1000, Number.MAX_SAFE_INTEGER)
  const verified: VerifiedToken = { sub, roles: rolesOf(payload, rolesClaim), claims: payload, expiresAtMs }
  return verified
}

/** Errors that are the token's own fault. */
const tokenErrors = [
  errors.JWSInvalid,
  errors.JWTInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWTClaimValidationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
]

function refusalCode(error: unknown, log: Log): TokenErrorCode {
  if (error instanceof errors.JWTExpired) return 'token_expired'
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed')
    return 'token_not_active'
  if (tokenErrors.some((kind) => error instanceof kind)) return 'token_invalid'
  // All other errors are about a key: one that cannot be used, or that a token names but that cannot be read.
  if (!(error instanceof KeysUnavailableError)) log.warn({ err: error }, 'A key of the key server cannot be used.')
  return 'keys_unavailable'
}
