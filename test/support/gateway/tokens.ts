import { SignJWT, type CryptoKey } from 'jose'

export const secret = 'a secret of the tests with at least 32 bytes'

/** A token that is good for an hour of real time, unless `claims` says otherwise. A claim that is undefined is left out. */
export function signedToken(
  claims: Record<string, unknown> = {},
  key: Uint8Array | CryptoKey = Buffer.from(secret),
  header: { alg: string; kid?: string } = { alg: 'HS256' },
): Promise<string> {
  const payload = { sub: 'user', exp: Math.floor(Date.now() / 1000) + 3600, ...claims }
  return new SignJWT(payload).setProtectedHeader(header).sign(key)
}
