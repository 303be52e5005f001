import type { UpgradeRequest } from '../../../authenticate/admission.js'
import { clientPath } from '#protocol/client-address.js'
import type { PlainRequest } from '../routes.js'

/** The part of the server library's request that is used here. */
interface RequestHead {
  getMethod(): string
  getUrl(): string
  getQuery(): string
  getHeader(name: string): string
  forEach(visit: (key: string, value: string) => void): void
}

/** What the library says in lower case is so. */
export function copyPlainRequest(req: RequestHead): PlainRequest {
  return {
    method: req.getMethod(),
    path: req.getUrl(),
    acceptEncoding: req.getHeader('accept-encoding'),
    ifNoneMatch: req.getHeader('if-none-match'),
  }
}

/** Copies what is needed of a request, as it is valid only until its handler waits for the first time. */
export function copyUpgradeRequest(req: RequestHead): UpgradeRequest {
  return {
    encodedClientId: req.getUrl().slice(clientPath.length),
    origin: everyHeader(req, 'origin'),
    authorization: req.getHeader('authorization'),
    // Undefined where the URL has none, whatever the types say.
    query: req.getQuery() || '',
    subprotocols: everyHeader(req, 'sec-websocket-protocol'),
  }
}

/** The library's look-up finds only the first of several headers with the same name; HTTP takes them for one list. */
function everyHeader(req: RequestHead, name: string): string {
  const values: string[] = []
  req.forEach((key, value) => {
    if (key === name) values.push(value)
  })
  return values.join(', ')
}
