import { test } from 'tap'
import { PageLibrary } from '#gateway/deliver/socket/page-library.js'
import { routeAnswer } from '#gateway/deliver/socket/routes.js'

const noHeaders = { acceptEncoding: '', ifNoneMatch: '' }
const pageLibrary = new PageLibrary({ br: Buffer.from('b'), gzip: Buffer.from('g'), identity: Buffer.from('i') })

test('answers health checks by what is asked, and everything else with 404', async (t) => {
  const statusOf = (method: string, path: string, isReady = true) =>
    Number.parseInt(routeAnswer({ method, path, ...noHeaders }, { isReady: () => isReady, pageLibrary }).status)
  t.same([statusOf('get', '/healthz', false), statusOf('head', '/healthz')], [200, 200])
  t.same([statusOf('get', '/readyz'), statusOf('get', '/readyz', false), statusOf('head', '/readyz', false)], [200, 503, 503])
  t.same([statusOf('get', '/client.js', false), statusOf('head', '/client.js')], [200, 200])
  for (const [method, path] of [
    ['post', '/healthz'],
    ['get', '/healthz/'],
    ['get', '/ws/a'],
    ['get', '/'],
    ['post', '/client.js'],
    ['get', '/client.js/'],
    ['get', '/client.ts'],
    ['get', '/client.0123456789abcdef.js'],
  ] as const)
    t.equal(statusOf(method, path), 404, `${method} ${path}`)
})

test('says what to do where the client library was not built', async (t) => {
  for (const path of ['/client.js', '/client.0123456789abcdef.js']) {
    const { status, body } = routeAnswer({ method: 'get', path, ...noHeaders }, { isReady: () => true, pageLibrary: undefined })
    t.equal(status, '404 Not Found')
    t.match(JSON.parse(String(body)), { error: 'client_not_built', message: /npm run build/ })
  }
})
