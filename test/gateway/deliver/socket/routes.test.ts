import { test } from 'tap'
import { routeAnswer } from '#gateway/deliver/socket/routes.js'

test('answers health checks by what is asked, and everything else with 404', async (t) => {
  const statusOf = (method: string, path: string, isReady = true) => Number.parseInt(routeAnswer(method, path, () => isReady).status)
  t.same([statusOf('get', '/healthz', false), statusOf('head', '/healthz')], [200, 200])
  t.same([statusOf('get', '/readyz'), statusOf('get', '/readyz', false), statusOf('head', '/readyz', false)], [200, 503, 503])
  for (const [method, path] of [
    ['post', '/healthz'],
    ['get', '/healthz/'],
    ['get', '/ws/a'],
    ['get', '/'],
  ] as const)
    t.equal(statusOf(method, path), 404, `${method} ${path}`)
})
