import { clientAddress } from '#protocol/client-address.js'
import type { Dialect } from './dialect.js'

/** The token stands in the address, as there is no subprotocol. */
export const seedDialect: Dialect = {
  address: (url, clientId, token) => `${clientAddress(url, clientId)}?access_token=${encodeURIComponent(token)}`,
  subprotocols: () => [],
  hasMarks: false,
}
