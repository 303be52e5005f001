import { clientAddress } from '#protocol/client-address.js'
import { subprotocolsWith } from '#protocol/credentials.js'
import type { Dialect } from './dialect.js'

/** Batches where the server has them: then one text is parsed instead of many. The token is no part of the address, which is logged. */
export const v1Dialect: Dialect = {
  address: clientAddress,
  subprotocols: (token) => ['sluice.v1.batch', ...subprotocolsWith(token, 'sluice.v1')],
  hasMarks: true,
}
