/** A secret, or a function that is called for it at each login, so that it may change while the process runs. */
export type Secret = string | (() => string)

export function secretText(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret()
}

/** Called at each login. The function itself keeps a token for as long as it may be used. */
export type AskToken = () => string | Promise<string>

/** The characters of a token (RFC 6750, 2.1). Others could end the field of a login, or the header, in which it stands. */
const tokenPattern = /^[A-Za-z0-9._~+/-]+=*$/

export function isBearerToken(text: string): boolean {
  return tokenPattern.test(text)
}
