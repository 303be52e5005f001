import type { UpgradeRequest } from '../../../authenticate/admission.js'
import { clientPath } from '#protocol/client-address.js'

/** The part of the server library's request that is used here. */
interface RequestHead {
  getUrl(): string
  getQuery(): string
  getHeader(name: string): string
  forEach(visit: (key: string, value: string) => void): void
}

/** A request is valid only until whoever handles it first waits; what is read here stays. */
export function upgradeRequestOf(req: RequestHead): UpgradeRequest {
  return {
    encodedClientId: req.getUrl().slice(clientPath.length),
    origin: everyHeader(req, 'origin'),
    authorization: req.getHeader('authorization'),
    // Undefined where the URL has none, whatever the types say.
    query: req.getQuery() || '',
    subprotocols: everyHeader(req, 'sec-websocket-protocol'),
  }
}

/** Of one that comes more than once the library's own look-up sees the first alone; HTTP says that they are one list. */
function everyHeader(req: RequestHead, name: string): string {
  const values: string[] = []
  req.forEach((key, value) => {
    if (key === name) values.push(value)
  })
  return values.join(', ')
}
