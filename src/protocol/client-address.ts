import { holdsToken } from '#text/token-search.js'

/** It is held as long as the connection is, echoed and logged; a UUID has 36 characters. */
const clientIdCharactersMax = 256

/** What stands before the client id in the path of an address. */
export const clientPath = '/ws/'

/**
 * Where a client connects to. The gateway may stand under a path of a proxy.
 * @param gateway its address, as text, as not every platform of a client has all of `URL`
 */
export function clientAddress(gateway: string, clientId: string): string {
  return gateway.replace(/\/+$/, '') + clientPath + encodeURIComponent(clientId)
}

/**
 * The client id in the path of an address, from its percent-encoded form. Undefined where that is no valid encoding of UTF-8, where
 * the id is not of 1 to 256 characters, has a slash, or holds a token, however that is encoded: ids are logged, tokens must not be.
 */
export function readClientId(encoded: string): string | undefined {
  const clientId = decoded(encoded)
  if (clientId === undefined || clientId.length === 0 || clientId.length > clientIdCharactersMax || clientId.includes('/')) return undefined
  return holdsToken(clientId) ? undefined : clientId
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
