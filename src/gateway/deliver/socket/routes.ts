import { healthAnswer, refusalAnswer, type HttpAnswer } from './http-answer.js'

/**
 * The answer to an HTTP request that asks for no WebSocket.
 * @param method in lower case. The caller leaves out the body of the answer to `head`.
 */
export function routeAnswer(method: string, path: string, isReady: () => boolean): HttpAnswer {
  if (method !== 'get' && method !== 'head') return refusalAnswer('not_found')
  if (path === '/healthz') return healthAnswer(true)
  return path === '/readyz' ? healthAnswer(isReady()) : refusalAnswer('not_found')
}
