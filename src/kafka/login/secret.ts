/** A secret that stays the same, or one that is asked for at each login, so that it may change while the process runs. */
export type Secret = string | (() => string)

export function secretText(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret()
}
