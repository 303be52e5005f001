import { isJsonObject } from '#text/json-object.js'

/** What is revoked: tokens of a user, or one token. */
export type RevokedKind = 'sub' | 'jti'

export function revocationKey(kind: RevokedKind, name: string): string {
  return `${kind}:${name}`
}

/** Undefined where the key names nothing that can be revoked. */
export function parseRevocationKey(key: string): { readonly kind: RevokedKind; readonly name: string } | undefined {
  const [, kind, name] = /^(sub|jti):(.*)$/s.exec(key) ?? []
  return name === undefined ? undefined : { kind: kind as RevokedKind, name }
}

/** @param beforeSeconds since the epoch: of a user the tokens that were issued earlier are void. */
export function writeRevocation(beforeSeconds: number | undefined): string {
  return JSON.stringify({ before: beforeSeconds })
}

/** From when on tokens of the user count again, in seconds since the epoch; undefined where it is not said, so that all are void. */
export function readRevokedBefore(text: string): number | undefined {
  try {
    const json: unknown = JSON.parse(text)
    const before = isJsonObject(json) ? json['before'] : undefined
    return typeof before === 'number' ? before : undefined
  } catch {
    return undefined
  }
}
