/**
 * Enters: a token (JWT). Leaves: what the token says about its user, or the code of the refusal. Only signed tokens with a user and an
 * expiry pass. The kind of keys decides which algorithms may sign, never the token.
 */
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import { claimAt } from '#policy/claim-path.js'
import type { Claims } from '#policy/rights.js'
import type { Clock } from '#clock.js'
import type { AuthConfig } from '#config/config.js'
import type { TokenErrorCode } from '#protocol/codes.js'
import type { Log } from '#log.js'
import { rolesOf } from '#policy/roles.js'
import { RemoteKeys } from './remote-keys.js'
import { SigningSecret } from './signing-secret.js'
import { codeOf, reasonOf, TokenFault } from './token-fault.js'
import { TokenRefusals, type RefusalCounts } from './token-refusals.js'
import { TokenRemarks } from './token-remarks.js'

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
  /** One secret instead, to be told when its file changes. */
  readonly signingSecret: SigningSecret | undefined
}

export interface VerifierContext {
  readonly clock: Clock
  readonly log: Log
  readonly meter: RefusalCounts
}

/** @throws ConfigurationError where the secret is too short to be one. */
export function createTokenVerifier(options: AuthConfig, context: VerifierContext): KeyedVerifier {
  const { keys, issuer, clockToleranceSeconds } = options
  const remoteKeys = keys.kind === 'jwks' ? new RemoteKeys(keys.url, context) : undefined
  const signingSecret = keys.kind === 'secret' ? new SigningSecret(keys.secret, context.log) : undefined
  const checks: JWTVerifyOptions = {
    clockTolerance: clockToleranceSeconds,
    ...(issuer !== undefined && { issuer }),
  }
  const [refusals, remarks] = [new TokenRefusals(context), new TokenRemarks(options.rolesClaims, context.log)]
  return {
    remoteKeys,
    signingSecret,
    async verify(token) {
      try {
        const { algorithms, getKey } =
          signingSecret === undefined ? { algorithms: publicKeyAlgorithms, getKey: remoteKeys!.getKey } : ofSecret(signingSecret)
        const payload = await verifiedPayload(token, getKey, { ...checks, algorithms, currentDate: new Date(context.clock.now()) })
        const verified = readToken(payload, options)
        remarks.on(payload)
        return verified
      } catch (error) {
        const reason = reasonOf(error)
        refusals.note(token, reason, error)
        return codeOf(reason)
      }
    },
  }
}

/** Which of these count goes by the kind of the key, and by its own `alg` where it has one. */
const publicKeyAlgorithms = [...['RS', 'PS', 'ES'].flatMap((kind) => [256, 384, 512].map((bits) => `${kind}${bits}`)), 'EdDSA', 'Ed25519']

/** As of now: the secret may change while a token is verified. */
function ofSecret({ key }: SigningSecret) {
  return { algorithms: key.algorithms, getKey: () => key.bytes }
}

/** So many keys are tried where a token does not say which one it needs: a server that rolls its keys over has two or three. */
const keysTriedMax = 8

/** By the key that the token names, or else by each that fits. */
async function verifiedPayload(token: string, getKey: JWTVerifyGetKey, checks: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, getKey, checks)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    return await verifiedByOneOf(error, token, checks)
  }
}

async function verifiedByOneOf(keys: errors.JWKSMultipleMatchingKeys, token: string, checks: JWTVerifyOptions): Promise<JWTPayload> {
  let tried = 0
  for await (const key of keys) {
    if (++tried > keysTriedMax) throw new TokenFault('key_ambiguous')
    try {
      return (await jwtVerify(token, key, checks)).payload
    } catch (error) {
      if (!isOfKey(error)) throw error
    }
  }
  throw new TokenFault('signature')
}

/** Whether another key may still verify the token: this one has not signed it, or cannot be used at all. */
function isOfKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || !(error instanceof errors.JOSEError)
}

/** @throws TokenFault */
function readToken(payload: JWTPayload, { audience, rolesClaims, subClaim, clockToleranceSeconds }: AuthConfig): VerifiedToken {
  if (audience !== undefined && !isFor(audience, payload)) throw new TokenFault('audience')
  const sub = subjectOf(claimAt(payload, subClaim))
  // The library checks `exp` only where there is one.
  if (payload.exp === undefined) throw new TokenFault('no_expiry')
  // A token that never ends in practice may say so by a number that cannot be a date.
  const expiresAtMs = Math.min((payload.exp + clockToleranceSeconds) * 1000, Number.MAX_SAFE_INTEGER)
  return { sub, roles: rolesOf(payload, rolesClaims), claims: payload, expiresAtMs }
}

/** Tokens that name no audience are those of some issuers' access tokens, which say for which client they were made. */
function isFor(audience: string, { aud, client_id: clientId, azp }: JWTPayload): boolean {
  if (aud === undefined) return (clientId ?? azp) === audience
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience
}

function subjectOf(claim: unknown): string {
  if (typeof claim === 'string' && claim !== '') return claim
  if (Number.isSafeInteger(claim)) return String(claim)
  throw new TokenFault('subject')
}
