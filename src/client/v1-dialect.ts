import { subprotocolsWith } from '#protocol/credentials.js'
import type { Dialect } from './dialect.js'

/** Batches where the server has them: then one text is parsed instead of many. The token is no part of the address, which is logged. */
export const v1Dialect: Dialect = {
  address: (url, clientId) => addressOf(url, clientId),
  subprotocols: (token) => ['sluice.v1.batch', ...subprotocolsWith(token, 'sluice.v1')],
  hasMarks: true,
}

/** A gateway may stand under a path of a proxy. Text alone, as not every platform has all of `URL`. */
export function addressOf(url: string, clientId: string): string {
  return `${url.replace(/\/+$/, '')}/ws/${encodeURIComponent(clientId)}`
}
