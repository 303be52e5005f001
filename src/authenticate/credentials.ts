import type { Dialect } from '../authorize/entity-update.js'
import type { HttpErrorCode } from '../errors.js'

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
  readonly dialect: Dialect
}

const offeredSubprotocol = 'sluice.v1'
const tokenPrefix = 'bearer.'

/**
 * Finds the token and the dialect. Where several tokens are given, the header wins, then the query, then the subprotocol:
 * a proxy that authenticates on behalf of a client sets the header. The answer to `bearer.<jwt>` must name a subprotocol
 * that was offered, or browsers hang up, and it must never be the token itself; so `sluice.v1` has to stand beside it.
 */
export function credentialsOf(fields: CredentialFields): Credentials | HttpErrorCode {
  const subprotocols = fields.subprotocols.split(',').map((entry) => entry.trim())
  const tokenEntry = subprotocols.find((entry) => entry.startsWith(tokenPrefix))
  const dialect: Dialect = subprotocols.includes(offeredSubprotocol) ? 'sluice.v1' : 'seed'
  if (tokenEntry !== undefined && dialect === 'seed') return 'subprotocol_required'
  const token = bearerOf(fields.authorization) || accessTokenOf(fields.query) || tokenEntry?.slice(tokenPrefix.length)
  return token ? { token, dialect } : 'token_missing'
}

/** The subprotocol that the answer to the upgrade names; empty for none. */
export function subprotocolOf(dialect: Dialect): string {
  return dialect === 'seed' ? '' : offeredSubprotocol
}

/** Another scheme than Bearer may be meant for a proxy in front, so it is no error. */
function bearerOf(authorization: string): string {
  return /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? ''
}

function accessTokenOf(query: string): string {
  return new URLSearchParams(query).get('access_token') ?? ''
}
