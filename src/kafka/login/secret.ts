/** A secret, or a function that is called for it at each login, so that it may change while the process runs. */
export type Secret = string | (() => string)

export function secretText(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret()
}
