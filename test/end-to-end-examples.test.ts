import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { t as all, test } from 'tap'
import type { Collection } from '@tanstack/db'
import { WebSocket } from 'ws'
import { SluiceClient } from '#client/sluice-client.js'
import { scriptedServer } from '#client/testing/scripted-server.js'
import { runCommandLine } from '#tools/cli/command-line.js'
import { typesCommand } from '#tools/cli/schema/types-command.js'
import { bundle } from './support/browser/bundle.js'
import { Chromium, inChromium } from './support/browser/chromium.js'
import { examplePages, sampleTokens } from './support/browser/example-pages.js'
import { serveSite } from './support/browser/site.js'
import type { Tab } from './support/browser/tab.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { secret } from './support/gateway/tokens.js'
import { until } from './support/kafka/source-reader.js'
import { FakeTerminal } from './support/tools/fake-terminal.js'
import { configErrors } from './support/tools/typescript-errors.js'

// The examples for people who build pages, in a browser and in Node, on the sample shop as `npm start` runs it.

interface Order {
  readonly status: string
  readonly email?: string
}

/** What that example exports; it is built apart from the tests. */
type EntityCollection = (client: SluiceClient<{ order: Order }>, type: 'order', ids: readonly string[]) => Collection<Order, string>

const chromium = new Chromium()

/** One shop for all tests, with a policy of its own. */
let opened: ReturnType<typeof openShop> | undefined
const shop = () => (opened ??= openShop())

async function openShop() {
  const policy = `${all.testdir({ 'policy.json': readFileSync('schemas/policy.json') })}/policy.json`
  const gateway = await GatewayProcess.start(all, { JWT_SECRET: secret, POLICY_FILE: policy })
  return { host: new URL(gateway.url!).host, policy, tokens: await sampleTokens(secret) }
}

const isLive = `document.querySelector('main')?.className === 'live'`
const step = `document.querySelector('[aria-current]')?.textContent`
const total = `document.querySelector('dd')?.textContent`

test('a program in Node waits until an order is delivered, and ends', async (t) => {
  const { host, tokens } = await shop()
  const library = { 'package.json': '{ "type": "module", "exports": "./index.js" }' }
  const folder = t.testdir({
    'node.mjs': readFileSync('src/client/examples/node.mjs', 'utf8').replace('localhost:8080', host),
    node_modules: { 'sluice-client': { ...library, 'index.js': `export * from '${resolve('dist/src/client/sluice-client.js')}'` } },
  })
  const options = { env: { PATH: process.env['PATH'], TOKEN: tokens['ada'] }, timeout: 30_000 }
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/node.mjs`], options)
  t.match(stdout, /^snapshot .*\n(.*\n)*update DELIVERED\n$/)
})

const steps = ['NEW', 'PAID', 'PACKED', 'SHIPPED', 'DELIVERED']
const listed = `[...document.querySelectorAll('li span:first-child')].map(({ textContent }) => textContent).sort()`

test('a page shows the orders at each step of their way as a program finds them, which has all', inChromium, async (t) => {
  const { host, tokens } = await shop()
  const site = await serveSite(t, await examplePages(host, tokens))
  const wanda = await chromium.open(`${site}/wanda/list.html`)
  const client = new SluiceClient<{ order: Order }>(`ws://${host}`, { token: tokens['wanda']!, WebSocket })
  t.teardown(() => client.close())
  const all = client.collection('order')
  all.subscribe(() => undefined)
  const found = (step: string) => [...all.getSnapshot().rows].flatMap(([id, { status }]) => (status === step ? [id] : [])).sort()
  let count = 0
  for (const step of steps) {
    await wanda.evaluate(`{
      const select = document.querySelector('select')
      select.value = '${step}'
      select.dispatchEvent(new Event('change', { bubbles: true }))
    }`)
    const isRight = async () => {
      const shown = await wanda.evaluate<readonly string[]>(listed)
      count = Math.max(count, shown.length)
      return (await wanda.evaluate<boolean>(isLive)) && JSON.stringify(shown) === JSON.stringify(found(step))
    }
    await until(`the page has the orders that are ${step}`, isRight)
  }
  t.ok(count > 0, `${count} orders at once`)
  t.equal(all.getSnapshot().status, 'live')
  t.same(wanda.complaints, [])
})

test('each page shows Ada her order and what becomes of it, and Wanda what she packs', inChromium, async (t) => {
  const { host, tokens, policy } = await shop()
  const site = await serveSite(t, await examplePages(host, tokens))
  const follow = async (name: string): Promise<Tab> => {
    const [ada, wanda] = [await chromium.open(`${site}/ada/${name}.html`), await chromium.open(`${site}/wanda/${name}.html`)]
    for (const tab of [ada, wanda]) await tab.until(`${isLive} && ${step}`)
    t.match(await ada.evaluate('document.body.innerText'), /^order-1001\s+live\s+NEW\s+PAID\s.*?× \d.*Total\s+\d+\.\d\d/s, name)
    t.equal(await wanda.evaluate(total), '', name)
    const first = await ada.evaluate<string>(step)
    await ada.until(`${isLive} && ![undefined, '${first}'].includes(${step})`)
    t.same([...ada.complaints, ...wanda.complaints], [], name)
    return ada
  }
  const pages = await Promise.all(['plain', 'react', 'svelte'].map(follow))
  const list = await chromium.open(`${site}/ada/list.html`)
  await list.until(isLive)
  writeFileSync(policy, JSON.stringify({ roles: { customer: [] } }))
  for (const page of pages) {
    await page.until(`document.querySelector('main').className === 'absent'`)
    t.same(await page.evaluate(`[${total}, ${step} ?? null, document.querySelector('ul').textContent]`), ['', null, ''])
  }
  await list.until(`document.querySelector('main').className === 'failed'`)
  t.same(await list.evaluate(listed), [])
})

test('a collection of TanStack DB holds what there is of its entities, and forgets what may not be seen any more', async (t) => {
  const folder = t.testdir({
    'tanstack-db.mjs': await bundle('src/client/examples/tanstack-db.ts', { platform: 'node', packages: 'external' }),
  })
  const { entityCollection } = (await import(`${folder}/tanstack-db.mjs`)) as { entityCollection: EntityCollection }
  const server = scriptedServer()
  const client = new SluiceClient<{ order: Order }>('ws://script', { token: 'any', WebSocket: server.WebSocket })
  server.update('order', 'o1', { status: 'NEW', email: 'ada@example.org' })
  const orders = entityCollection(client, 'order', ['o1', 'o2'])
  const has = async (...rows: readonly object[]) => {
    await server.settled()
    t.match(orders.toArray, rows)
    t.equal(orders.size, rows.length)
  }
  await orders.preload()
  await has({ entityId: 'o1', status: 'NEW', email: 'ada@example.org' })
  server.update('order', 'o1', { status: 'PAID' })
  server.update('order', 'o2', { status: 'NEW' })
  await has({ entityId: 'o1', status: 'PAID', email: undefined }, { entityId: 'o2', status: 'NEW' })
  server.hide('order', 'o1')
  await has({ entityId: 'o2' })
  server.show('order', 'o1')
  server.delete('order', 'o2')
  await has({ entityId: 'o1', status: 'PAID' })
  await orders.cleanup()
  t.equal(server.connections[0]!.isOpen, true)
  client.close()
})

test('the examples and the pages of tests are right in strict TypeScript, and have the types of the schemas', async (t) => {
  t.same(configErrors('test/support/pages/tsconfig.json'), [])
  const terminal = new FakeTerminal()
  const args = [
    'schemas',
    '--role',
    'customer',
    '--role',
    'warehouse',
    '--policy',
    'schemas/policy.json',
    '--check',
    'src/client/examples/entities.ts',
  ]
  t.equal(await runCommandLine(['types', ...args], [typesCommand()], terminal), 0, terminal.err)
})
