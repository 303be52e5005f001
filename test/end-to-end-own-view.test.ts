import { test } from 'tap'
import { Chromium, inChromium } from './support/browser/chromium.js'
import type { Tab } from './support/browser/tab.js'
import { ServedConsole, tokens } from './support/console/served-console.js'
import { seriousFindings } from './support/console/shop-console.js'
import { ServedGateway } from './support/gateway/served-gateway.js'
import { signedToken } from './support/gateway/tokens.js'

// Who looks at a gateway of their own sees what a token of theirs may see, and nothing else.

const chromium = new Chromium()

/** What nobody who looks may see. */
const canary = 'canary-7d1f'

const fields = ['id', 'status', 'email'].map((name) => ({ name, type: 'string' }))
const extras = { name: 'extras', type: { type: 'map', values: 'string' } }
const order = { type: 'record', name: 'Order', streamable: true, fields: [...fields, extras] } as const
const policy = {
  roles: {
    support: [{ action: 'read', subject: 'order', fields: ['id', 'status'] }],
    warehouse: [{ action: 'read', subject: 'order', fields: ['id', 'status'], conditions: { status: 'PACKED' } }],
  },
}
const state = { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 } }

const cell = (person: string, path: string) => `document.getElementById('${person}/${path}')`
const textOf = (person: string, path: string) => `${cell(person, path)}?.querySelector('.text')?.textContent`
const button = (start: string) => `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('${start}'))`

test('Live begins with nobody, a token shows what it may see, and nothing else ever reaches the page', inChromium, async (t) => {
  const gateway = await ServedGateway.start(t, { order }, policy, { state })
  const write = (id: string, status: string) =>
    gateway.write('order', id, { id, status, email: `${canary}@example.org`, extras: { [canary]: canary } })
  write('order-1', 'PACKED')
  write('order-2', 'PAID')
  const { clock, meter, url } = gateway
  const shown = { clock, meter, url, gateway: gateway.gateway, policyText: JSON.stringify(policy) }
  const served = await ServedConsole.start(t, undefined, shown)
  const tab = await chromium.open('about:blank')
  await tab.goTo(`${served.url}/#k=${tokens.viewer}`)
  await tab.until(`document.querySelector('main')?.textContent.includes('Add a person by their token')`)
  await add(tab, await signedToken({ sub: 'ann', roles: ['support'] }))
  await add(tab, await signedToken({ sub: 'bob', roles: ['warehouse'] }))
  // Nobody has named an entity: those of a person's list lead to one.
  const ids = `[...document.querySelectorAll('.browse tbody button')].map(({ textContent }) => textContent).join()`
  await tab.until(`${ids} === 'order-1,order-2'`)
  await tab.evaluate(`${button('order-2')}.click()`)
  await tab.until(`${textOf('ann', 'status')} === 'PAID' && ${cell('bob', 'status')}.className.includes('absent')`)
  write('order-2', 'PACKED')
  await tab.until(`${textOf('ann', 'status')} === 'PACKED' && ${textOf('bob', 'status')} === 'PACKED'`)
  t.ok(await tab.evaluate(`['ann', 'bob'].every((one) => document.getElementById(one + '/email').classList.contains('hidden'))`))
  t.notMatch(await tab.evaluate('document.documentElement.outerHTML'), canary)
  const heap = await tab.heap()
  t.match(heap, 'order-2', 'what is shown is there')
  t.notMatch(heap, canary)
  await tab.evaluate(`${button('List')}.click()`)
  await tab.evaluate(`${button('+ Add')}.click()`)
  await tab.until(`document.querySelector('.add-person input') && document.querySelector('.browse td')`)
  for (const [width, scheme] of [
    [1280, 'light'],
    [320, 'dark'],
  ] as const) {
    await tab.setWidth(width, scheme)
    t.same(await seriousFindings(tab), [], `${width} px, ${scheme}`)
    t.ok(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'no sideways scrolling')
  }
  t.same(tab.complaints, [])
  t.same(tab.objections, [])
})

async function add(tab: Tab, token: string): Promise<void> {
  await tab.evaluate(`${button('+ Add')}.click()`)
  await tab.until(`document.querySelector('.add-person input')`)
  await tab.evaluate(`{
    const input = document.querySelector('.add-person input')
    input.value = '${token}'
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }`)
  await tab.evaluate(`${button('Add')}.click()`)
  await tab.until(`document.querySelector('.add-person') === null`)
}
