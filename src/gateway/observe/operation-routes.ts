import { type AdminRoutes, jsonAnswer } from './admin-answer.js'
import type { Meter } from './meter.js'
import { MetricsPage } from './metrics/metrics-page.js'

/**
 * What operators and their tools ask, without a token: metrics, and whether the process is ready with the reasons, which the port for clients
 * does not give.
 * @param status the whole answer of `/readyz`, for people, without secrets.
 */
export function operationRoutes(meter: Meter, status: () => { readonly ready: boolean }): AdminRoutes {
  const page = new MetricsPage(meter)
  return {
    'GET /metrics': async ({ query }) => {
      return { status: 200, contentType: page.contentType, body: await page.text(query.get('by') === 'partition') }
    },
    'GET /healthz': () => jsonAnswer(200, { status: 'ok' }),
    'GET /readyz': () => {
      const now = status()
      return jsonAnswer(now.ready ? 200 : 503, now)
    },
  }
}
