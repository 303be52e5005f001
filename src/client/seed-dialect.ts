import type { Dialect } from './dialect.js'
import { addressOf } from './v1-dialect.js'

/** The token stands in the address, as there is no subprotocol. */
export const seedDialect: Dialect = {
  address: (url, clientId, token) => `${addressOf(url, clientId)}?access_token=${encodeURIComponent(token)}`,
  subprotocols: () => [],
  hasMarks: false,
}
