import { errors } from 'jose'
import type { TokenErrorCode } from '#protocol/codes.js'
import type { RefusalReason } from '../observe/meter.js'
import { KeysUnavailableError } from './key-fetch.js'

/** Why a token is refused, by what its client is told, with a sentence for the log. */
export const refusals: Readonly<Record<RefusalReason, { readonly code: TokenErrorCode; readonly means: string }>> = {
  malformed: { code: 'token_invalid', means: 'it is no JWT' },
  algorithm: { code: 'token_invalid', means: 'no key of the configured kind signs by its algorithm' },
  key_unknown: { code: 'token_invalid', means: 'there is no key with its `kid` that signs by its algorithm' },
  key_ambiguous: { code: 'token_invalid', means: 'it names no key, and too many fit' },
  signature: { code: 'token_invalid', means: 'its signature is not that of the key' },
  issuer: { code: 'token_invalid', means: 'its `iss` is not the one that is required' },
  audience: { code: 'token_invalid', means: 'its audience is not the one that is required' },
  subject: { code: 'token_invalid', means: 'the claim that says who somebody is holds neither a text nor an integer' },
  no_expiry: { code: 'token_invalid', means: 'it has no `exp`' },
  claims: { code: 'token_invalid', means: 'one of its times is no number' },
  expired: { code: 'token_expired', means: 'it has ended' },
  not_active: { code: 'token_not_active', means: 'it is not valid yet' },
  keys_unavailable: { code: 'keys_unavailable', means: 'the keys cannot be fetched' },
  key_unusable: { code: 'keys_unavailable', means: 'the key that it names cannot be used' },
}

/** What is wrong with a token beyond what the library finds. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault'

  constructor(readonly reason: RefusalReason) {
    super(refusals[reason].means)
  }
}

export function codeOf(reason: RefusalReason): TokenErrorCode {
  return refusals[reason].code
}

/** All errors that are not of the token are about a key: one that cannot be used, or that a token names but that cannot be read. */
export function reasonOf(error: unknown): RefusalReason {
  if (error instanceof TokenFault) return error.reason
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return ofClaim(error)
  return kinds.find(([kind]) => error instanceof kind)?.[1] ?? 'key_unusable'
}

function ofClaim({ claim, reason }: errors.JWTClaimValidationFailed): RefusalReason {
  if (claim === 'iss') return 'issuer'
  return claim === 'nbf' && reason === 'check_failed' ? 'not_active' : 'claims'
}

const kinds: readonly (readonly [new (...parameters: never[]) => Error, RefusalReason])[] = [
  [errors.JWSInvalid, 'malformed'],
  [errors.JWTInvalid, 'malformed'],
  [errors.JOSEAlgNotAllowed, 'algorithm'],
  [errors.JOSENotSupported, 'algorithm'],
  [errors.JWSSignatureVerificationFailed, 'signature'],
  [errors.JWKSNoMatchingKey, 'key_unknown'],
  [KeysUnavailableError, 'keys_unavailable'],
]
