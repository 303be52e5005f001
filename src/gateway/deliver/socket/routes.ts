import { healthAnswer, refusalAnswer, type HttpAnswer } from './http-answer.js'

/**
 * What a request gets that asks for no WebSocket.
 * @param method in lower case. Of an answer to `head` the body is left out.
 */
export function routeAnswer(method: string, path: string, isReady: () => boolean): HttpAnswer {
  if (method !== 'get' && method !== 'head') return refusalAnswer('not_found')
  if (path === '/healthz') return healthAnswer(true)
  return path === '/readyz' ? healthAnswer(isReady()) : refusalAnswer('not_found')
}
