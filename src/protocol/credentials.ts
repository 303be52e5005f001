import type { HttpErrorCode } from './codes.js'
import { subprotocols, type Subprotocol } from './dialect.js'

/** Where an upgrade request may carry a token and what it asks to speak. */
export interface CredentialFields {
  /** The header `Authorization`, or an empty string. */
  readonly authorization: string
  /** What stands behind the `?` of the URL, undecoded, or an empty string. */
  readonly query: string
  /** The header `Sec-WebSocket-Protocol`, or an empty string. */
  readonly subprotocols: string
}

export interface Credentials {
  readonly token: string
  /** Undefined for a client that asks for nothing more than the seed's protocol. */
  readonly subprotocol: Subprotocol | undefined
}

const tokenPrefix = 'bearer.'

/** The headers of a client that can set some. */
export function bearerHeaders(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** What a client offers that can set no header, as in a browser. */
export function subprotocolsWith(token: string, subprotocol: Subprotocol): string[] {
  return [subprotocol, tokenPrefix + token]
}

/**
 * Finds the token and the subprotocol. Where several tokens are given, the header wins, then the query, then the subprotocol:
 * a proxy that authenticates on behalf of a client sets the header. The answer to `bearer.<jwt>` must name a subprotocol
 * that was offered, or browsers hang up, and it must never be the token itself; so `sluice.v1` has to stand beside it.
 * Of several subprotocols the client's first wins.
 */
export function readCredentials(fields: CredentialFields): Credentials | HttpErrorCode {
  const offered = entriesOf(fields.subprotocols)
  const tokenEntry = offered.find((entry) => entry.startsWith(tokenPrefix))
  const subprotocol = offered.find(isKnown)
  if (tokenEntry !== undefined && subprotocol === undefined) return 'subprotocol_required'
  const token = bearerIn(fields.authorization) || accessTokenIn(fields.query) || tokenEntry?.slice(tokenPrefix.length)
  return token ? { token, subprotocol } : 'token_missing'
}

/**
 * What a client speaks that can only have put its token into the subprotocols, as in a browser: it learns nothing of an HTTP status.
 * Undefined for all others.
 */
export function subprotocolOfBrowser({ subprotocols: offered }: Pick<CredentialFields, 'subprotocols'>): Subprotocol | undefined {
  const entries = entriesOf(offered)
  return entries.some((entry) => entry.startsWith(tokenPrefix)) ? entries.find(isKnown) : undefined
}

function entriesOf(offered: string): string[] {
  return offered.split(',').map((entry) => entry.trim())
}

function isKnown(entry: string): entry is Subprotocol {
  return subprotocols.some((subprotocol) => subprotocol === entry)
}

/** Another scheme than Bearer may be meant for a proxy in front, so it is no error. */
function bearerIn(authorization: string): string {
  return /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? ''
}

function accessTokenIn(query: string): string {
  return new URLSearchParams(query).get('access_token') ?? ''
}
