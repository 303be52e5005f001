import { STATUS_CODES } from 'node:http'
import type { HttpAnswer } from '../http-answer.js'

/** The answer as it leaves, the last on its connection. @param method in lower case. @param now milliseconds since the epoch. */
export function answerBytes(method: string, { status, headers, body }: HttpAnswer, now: number): Buffer {
  const bytes = Buffer.from(body)
  const always = { Date: new Date(now).toUTCString(), Connection: 'close', 'Content-Length': bytes.byteLength }
  const lines = Object.entries({ ...headers, ...always })
  const head = [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head), method === 'head' ? Buffer.alloc(0) : bytes])
}

/** Undefined where there is nobody to read it: a client that says nothing is only hung up on. */
export function faultBytes(code: string | undefined, now: number): Buffer | undefined {
  if (code?.startsWith('HPE_') !== true) return undefined
  const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  return answerBytes('get', { status: `${status} ${STATUS_CODES[status]!}`, headers: {}, body: '' }, now)
}
