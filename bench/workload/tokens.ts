import { SignJWT } from 'jose'

export const tokenSecret = 'a secret of the bench with more than 32 bytes'

/** Good for a day. */
export function tokenOf(sub: string, role: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return new SignJWT({ sub, roles: [role], exp: Math.floor(Date.now() / 1000) + 86_400, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(tokenSecret))
}
