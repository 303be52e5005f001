import type { IncomingMessage } from 'node:http'
import type { UpgradeRequest } from '../../../authenticate/admission.js'
import { clientPath } from '#protocol/client-address.js'
import type { PlainRequest } from '../routes.js'

export function copyPlainRequest(request: IncomingMessage): PlainRequest {
  return {
    method: request.method!.toLowerCase(),
    path: targetOf(request).path,
    acceptEncoding: everyHeader(request, 'accept-encoding'),
    ifNoneMatch: everyHeader(request, 'if-none-match'),
  }
}

export function copyUpgradeRequest(request: IncomingMessage): UpgradeRequest {
  const { path, query } = targetOf(request)
  return {
    encodedClientId: path.slice(clientPath.length),
    origin: everyHeader(request, 'origin'),
    authorization: request.headers.authorization ?? '',
    query,
    subprotocols: everyHeader(request, 'sec-websocket-protocol'),
  }
}

/** Whether it asks for a client's WebSocket, in a way that `ws` does not refuse (RFC 6455, 4.2.1). */
export function isClientUpgrade(request: IncomingMessage): boolean {
  const { method, headers } = request
  return (
    method === 'GET' &&
    targetOf(request).path.startsWith(clientPath) &&
    /\bupgrade\b/i.test(headers.connection ?? '') &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['sec-websocket-version'] === '13'
  )
}

function targetOf({ url = '' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const end = url.indexOf('?')
  return end < 0 ? { path: url, query: '' } : { path: url.slice(0, end), query: url.slice(end + 1) }
}

/** Node drops all but the first of some headers; HTTP takes several with the same name for one list. */
function everyHeader(request: IncomingMessage, name: string): string {
  return request.headersDistinct[name]?.join(', ') ?? ''
}
