import { SignJWT, type CryptoKey } from 'jose'
import type { AuthConfig } from '#config/config.js'

export const secret = 'a secret of the tests with at least 32 bytes'

/** What a gateway asks of tokens that are signed by that secret, to the second. */
export const tokenChecks: AuthConfig = {
  ...{ keys: { kind: 'secret', secret }, issuer: undefined, audience: undefined },
  ...{ rolesClaims: ['roles'], subClaim: 'sub', clockToleranceSeconds: 0 },
}

/** A token that is good for an hour of real time, unless `claims` says otherwise. A claim that is undefined is left out. */
export function signedToken(
  claims: Record<string, unknown> = {},
  key: Uint8Array | CryptoKey = Buffer.from(secret),
  header: { alg: string; kid?: string } = { alg: 'HS256' },
): Promise<string> {
  const payload = { sub: 'user', exp: Math.floor(Date.now() / 1000) + 3600, ...claims }
  return new SignJWT(payload).setProtectedHeader(header).sign(key)
}
