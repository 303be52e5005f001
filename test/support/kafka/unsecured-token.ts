/** A token without a signature, which brokers of tests take for anybody. */
export function unsecuredToken(subject: string, lifeSeconds: number): string {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url')
  const nowSeconds = Date.now() / 1000
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: nowSeconds, exp: nowSeconds + lifeSeconds })}.`
}
