import { isJsonObject } from '#text/json-object.js'
import type { Claims } from '../rights.js'

/** What a token alone says: who it is of, who made it for whom, and when it counts. */
export const reservedClaims: ReadonlySet<string> = new Set(['sub', 'iss', 'aud', 'exp', 'nbf', 'iat', 'jti'])

/** What Kafka takes for one record unless told otherwise. A list of 10,000 ids has some 400 kB. */
export const claimsBytesMax = 1024 * 1024

/** The claims that a record of the claims' topic holds, without those that only tokens say; undefined where it is no JSON object. */
export function readClaims(text: string): Claims | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isJsonObject(json) ? withoutReserved(json) : undefined
  } catch {
    return undefined
  }
}

/** Why a gateway could not use these claims, or would pass over some, as the rest of a sentence; undefined where it uses them. */
export function claimsFault(claims: unknown): string | undefined {
  if (!isJsonObject(claims)) return 'must be an object: the claims of a user'
  const reserved = Object.keys(claims).find((name) => reservedClaims.has(name))
  if (reserved !== undefined) return `names "${reserved}", which comes from tokens alone`
  const bytes = Buffer.byteLength(writeClaims(claims))
  return bytes > claimsBytesMax ? `has ${bytes} bytes of claims, of at most ${claimsBytesMax}` : undefined
}

export function writeClaims(claims: Claims): string {
  return JSON.stringify(claims)
}

function withoutReserved(claims: Claims): Claims {
  const members = Object.entries(claims)
  return members.some(([name]) => reservedClaims.has(name))
    ? Object.fromEntries(members.filter(([name]) => !reservedClaims.has(name)))
    : claims
}
