import { createHash } from 'node:crypto'
import { bearerHeaders } from '#protocol/credentials.js'
import type { Subprotocol } from '#protocol/dialect.js'

const key = Buffer.from('sluice bench 16b').toString('base64')
const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

export function upgradeRequest(url: URL, token: string, subprotocol?: Subprotocol): string {
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ...(token === '' ? [] : [`Authorization: ${bearerHeaders(token).authorization}`]),
    '\r\n',
  ].join('\r\n')
}

/** Where the answer ends and frames begin; undefined until it is all there. @throws Error where the upgrade is refused. */
export function endOfUpgrade(answer: Buffer): number | undefined {
  const end = answer.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const text = answer.toString('latin1', 0, end)
  if (!text.startsWith('HTTP/1.1 101 ') || !text.includes(accept))
    throw new Error(`the upgrade was refused: ${answer.toString().slice(0, 300)}`)
  return end + 4
}
