import { healthAnswer, refusalAnswer, type HttpAnswer } from './http-answer.js'
import { isLibraryPath, type FileRequest, type PageLibrary } from './page-library.js'

/** An HTTP request that asks for no WebSocket. */
export interface PlainRequest extends FileRequest {
  /** In lower case. */
  readonly method: string
}

export interface RouteParts {
  /** What `/readyz` answers. */
  readonly isReady: () => boolean
  /** What `/client.js` answers; undefined where the build has not written it. */
  readonly pageLibrary: PageLibrary | undefined
}

/** The caller leaves out the body of the answer to `head`. */
export function routeAnswer(request: PlainRequest, { isReady, pageLibrary }: RouteParts): HttpAnswer {
  const { method, path } = request
  if (method !== 'get' && method !== 'head') return refusalAnswer('not_found')
  if (path === '/healthz') return healthAnswer(true)
  if (path === '/readyz') return healthAnswer(isReady())
  if (isLibraryPath(path)) return pageLibrary?.answer(request) ?? refusalAnswer('client_not_built')
  return refusalAnswer('not_found')
}
