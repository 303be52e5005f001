import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Test, test } from 'tap'
import { WebSocketServer } from 'ws'
import { ConsolePage, type ConsolePlan } from '../../../bench/load/console-page.js'
import { entityIdOf, firstSequence } from '../../../bench/workload/order.js'
import { until } from '../../support/running/until.js'

const token = 't'.repeat(43)
const answers = JSON.stringify({ next: 7, roles: ['support', 'partner'] })

/** An admin port and a gateway's in one: keeps what is asked, and answers everything likewise, as long as nothing is broken. */
async function served(t: Test, plan: Pick<ConsolePlan, 'screen'> & Partial<ConsolePlan>) {
  const asked: string[] = []
  const state = { isBroken: false }
  const port = createServer(({ method, url, headers: { authorization } }, response) => {
    asked.push(`${method} ${url}`)
    response.writeHead(state.isBroken || authorization !== `Bearer ${token}` ? 503 : 200).end(answers)
  })
  const sockets = new WebSocketServer({ server: port })
  sockets.on('connection', (socket) => {
    socket.send(JSON.stringify({ type: 'connection_established' }))
    socket.on('message', (text: Buffer) => {
      asked.push(text.toString())
      for (const message of snapshot) socket.send(JSON.stringify(message))
    })
  })
  await once(port.listen(0, '127.0.0.1'), 'listening')
  const adminUrl = `http://127.0.0.1:${(port.address() as AddressInfo).port}`
  const person = { url: `${adminUrl}/ws/ann`, token: 'jwt', role: 'support', sees: true, timed: true, entities: [1] }
  const page = new ConsolePage({ adminUrl, token, people: plan.screen === 'live' ? [person] : [], ...plan })
  t.teardown(() => {
    page.close()
    for (const socket of sockets.clients) socket.terminate()
    port.close()
  })
  return { page, asked, state }
}

const order = { type: 'entity_update', entity_id: entityIdOf(1), entity_type: 'order', operation: 'snapshot', data: { seq: firstSequence } }
const snapshot = [{ type: 'subscription_success' }, order, { type: 'snapshot_complete' }]

test('asks first what the page does, then each second for the figures, and for what its screen polls', async (t) => {
  for (const { screen, path } of polledByPage().filter(({ screen }) => screen !== 'bad-records')) {
    const { page, asked } = await served(t, { screen: screen as ConsolePlan['screen'] })
    await page.open()
    t.same(
      asked.slice(0, 7),
      ['/', '/main.js', '/main.css', ...['session', 'figures', 'policy', 'types'].map((name) => `/api/${name}`)].map(get),
    )
    const polls = asked.slice(7)
    t.same(
      polls,
      ['figures', path.replace('${next}', '0')].map((name) => get(`/api/${name}`)),
    )
    t.match(page.use(), { polls: 2, updates: 0 })
    await until(() => asked.length === 11)
    t.same(
      asked.slice(9),
      ['figures', path.replace('${next}', '7')].map((name) => get(`/api/${name}`)),
    )
  }
})

test('shows somebody by a token of theirs, with what their roles may see and a snapshot of one entity', async (t) => {
  const { page, asked } = await served(t, { screen: 'live' })
  await page.open()
  const subscribes = JSON.stringify({ type: 'subscribe', entity_id: entityIdOf(1), entity_type: 'order', snapshot: true })
  t.same(asked.slice(7), ['POST /api/token', get('/api/rights?type=order&role=support&role=partner'), subscribes, get('/api/figures')])
  t.match(page.use(), { polls: 1, updates: 1 })
})

test('says what it was refused, at once or later', async (t) => {
  const wrong = await served(t, { screen: 'pipeline', token: 'wrong' })
  await t.rejects(wrong.page.open(), { message: /^\/ was answered with 503/ })
  const { page, asked, state } = await served(t, { screen: 'connections' })
  await page.open()
  state.isBroken = true
  await until(() => asked.length === 11)
  await until(() => fails(page))
  t.throws(() => page.use(), { message: /^A console at connections: \/api\/(figures|connections) was answered with 503/ })
})

function get(path: string): string {
  return `GET ${path}`
}

function fails(page: ConsolePage): boolean {
  try {
    page.use()
    return false
  } catch {
    return true
  }
}

/** What the screens poll, as they are written. */
function polledByPage() {
  const files = ['pipeline/history.ts', 'connections/connections-screen.tsx', 'bad-records/bad-records-screen.tsx']
  return files.map((file) => {
    const text = readFileSync(`src/console/page/${file}`, 'utf8')
    const [, screen, path] = /polled<\w+>\('([\w-]+)', \(\) => ['`]([^'`]+)['`]\)/.exec(text)!
    return { screen: screen!, path: path! }
  })
}
