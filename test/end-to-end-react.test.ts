import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { t as all, test, type Test } from 'tap'
import { bundle } from './support/browser/bundle.js'
import { Chromium, inChromium } from './support/browser/chromium.js'
import { serveSite } from './support/browser/site.js'
import type { Tab } from './support/browser/tab.js'

// What the stores of the client library are to React, in a real browser and on a server.

const chromium = new Chromium()
const pages = 'test/support/pages'

let opened: Promise<Tab> | undefined
/** One page serves all tests, each of which has a client and a server of its own in it. */
const page = () => (opened ??= openPage())

async function openPage(): Promise<Tab> {
  const site = await serveSite(all, {
    '/': '<!doctype html><script type="module" src="/page.js"></script><body></body>',
    '/page.js': await bundle(`${pages}/react-page.tsx`),
  })
  return await chromium.open(site)
}

/** As a server renders it, in a process that ends by itself. */
async function renderedByServer(t: Test): Promise<string> {
  const code = await bundle(`${pages}/server-page.tsx`, { platform: 'node', format: 'cjs' })
  const folder = t.testdir({ 'server.cjs': code })
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/server.cjs`], { timeout: 20_000 })
  return stdout.trim()
}

test('an entity is one subscription, also to components that React mounts twice, and none once they have gone', inChromium, async (t) => {
  const tab = await page()
  t.same(await tab.evaluate('strictly()'), {
    texts: ['order-1 live 1', 'order-1 live 2', ''],
    requests: ['subscribe order-1'],
    connections: [false],
  })
  t.same(tab.complaints, [])
})

test('an entity that is shown twice, left, and shown again at once stays one subscription', inChromium, async (t) => {
  const tab = await page()
  t.same(await tab.evaluate('shared()'), {
    atOnce: ['subscribe order-1', 'subscribe order-2'],
    later: ['unsubscribe order-2'],
  })
  t.same(tab.complaints, [])
})

test('a list is one subscription, and of its rows those are drawn anew that have changed', inChromium, async (t) => {
  const tab = await page()
  t.same(await tab.evaluate('listed()'), {
    begun: ['order-1 1', 'order-2 1'],
    byChange: ['order-2'],
    byNews: ['order-3'],
    byDelete: [],
    bySnapshot: [],
    texts: ['order-2 2', 'order-3 2'],
    filtered: ['order-3 2'],
    requests: ['subscribe {}', 'subscribe {"step":2}', 'unsubscribe a list'],
    connections: [false],
  })
  t.same(tab.complaints, [])
})

test('components that are rendered while updates come never stand beside each other with different versions', inChromium, async (t) => {
  const tab = await page()
  const { torn, commits, isLatest } = await tab.evaluate<{ torn: string[]; commits: number; isLatest: boolean }>('inTransition()')
  t.same(torn, [])
  t.ok(commits > 3, 'there was much to get wrong', { commits })
  t.ok(isLatest)
  t.same(tab.complaints, [])
})

test('what a server rendered, without a connection, comes to life in a page', inChromium, async (t) => {
  const html = await renderedByServer(t)
  t.match(html, /order-1.*waiting/)
  const tab = await page()
  t.same(await tab.evaluate(`hydrated(${JSON.stringify(html)})`), { errors: [], isSame: true, text: 'order-1 live 1' })
  t.same(tab.complaints, [])
})
