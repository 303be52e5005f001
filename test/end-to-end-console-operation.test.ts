import { t as all, test, type Test } from 'tap'
import { Chromium, inChromium } from './support/browser/chromium.js'
import { pasteToken } from './support/console/own-view.js'
import { ServedConsole, tokens } from './support/console/served-console.js'
import { seriousFindings, ShopConsole, smallTargets } from './support/console/shop-console.js'
import { StatefulGateway } from './support/gateway/stateful-gateway.js'
import { signedToken } from './support/gateway/tokens.js'

// The console as those see it who run a gateway, and who look at it with a token of their own.

const chromium = new Chromium()

let opened: Promise<ShopConsole> | undefined
const shop = () => (opened ??= ShopConsole.start(all))

const said = `document.querySelector('main').textContent`
const button = (start: string) => `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('${start}'))`
const cell = (person: string, path: string) => `document.getElementById('${person}/${path}')`
const textOf = (person: string, path: string) => `${cell(person, path)}?.querySelector('.text')?.textContent`

/** Of records that a page of a test is not to show. */
const canary = 'canary-7d1f'

/** A gateway of one's own that has met bad records, and somebody who reads slowly. */
async function troubled(t: Test): Promise<string> {
  const gateway = await StatefulGateway.start()
  const { url } = await ServedConsole.start(t, undefined, gateway)
  const slow = gateway.connect({ sub: 'ann', clientId: 'tab-1' })
  slow.transport.buffered = 70_000
  slow.send('{"type":"ping"}')
  gateway.topics.append('order', { key: Buffer.from(canary), value: Buffer.from(canary), timestampMs: gateway.clock.now() })
  await gateway.settle()
  await gateway.clock.advance(2000)
  return `${url}/#k=${tokens.actor}`
}

test('the pipeline is told with what is not well, and figures that go on', inChromium, async (t) => {
  const running = await shop()
  const tab = await running.open(chromium, '#/pipeline')
  await tab.until(`${said}.includes('All is well') && document.querySelector('polyline')`)
  await tab.until(`/[1-9][\\d.]* records\\/s/.test(${said}) && /sockets[1-9]\\d* connections/.test(${said})`)
  await tab.press('p')
  const still = await tab.evaluate<string>(said)
  await tab.until(`${button('▶')} !== undefined`)
  await tab.press('p')
  await tab.until(`${said} !== ${JSON.stringify(still)}`)
  await tab.press('6')
  await tab.until(`${said}.includes('None since this process started')`)
  t.same(running.faultsOf(tab), [])
})

test('a connection is ended at the second press, and its client comes back', inChromium, async (t) => {
  const running = await shop()
  const tab = await running.open(chromium, '#/connections')
  const row = `[...document.querySelectorAll('tbody tr')].find(({ textContent }) => textContent.startsWith('customer-1'))`
  await tab.until(row)
  await tab.evaluate(`${row}.querySelectorAll('button')[1].click()`)
  await tab.until(`${said}.includes('sluice revoke --sub customer-1')`)
  await tab.evaluate(`${button('Back')}.click()`)
  await tab.until(`${button('Back')} === undefined`)
  await tab.evaluate(`${row}.querySelector('button').click()`)
  await tab.until(`${button('Yes, disconnect')} !== undefined`)
  await tab.evaluate(`${button('Yes, disconnect')}.click()`)
  await tab.until(`document.querySelector('[role=status]').textContent.includes('of customer-1 is ended')`)
  await tab.evaluate(`location.hash = '#/live'`)
  await tab.until(`document.querySelector('thead')?.textContent.split('● live').length === 4`)
  t.ok(running.gateway.log.some(({ msg, admin, sub }) => msg === 'A connection is ended at the console.' && admin && sub === 'customer-1'))
})

test('a bad record is told with what to do, and without what is in it', inChromium, async (t) => {
  const tab = await chromium.open('about:blank')
  await tab.goTo(await troubled(t))
  await tab.until(`document.querySelector('nav')`)
  await tab.evaluate(`location.hash = '#/bad-records'`)
  await tab.until(`${said}.includes('not_avro 1')`)
  await tab.evaluate(`document.querySelector('summary').click()`)
  await tab.until(`document.querySelector('details').open`)
  t.match(
    await tab.evaluate(said),
    /order partition 0, offset 0.*magic byte.*Do: Whoever writes.*kcat -C -b BROKER -t order -p 0 -o 0 -c 1/,
  )
  await tab.evaluate(`location.hash = '#/pipeline'`)
  await tab.until(`${said}.includes('in the last five minutes: 1.')`)
  t.notMatch(await tab.evaluate('document.documentElement.outerHTML'), canary)
})

test('somebody adds their own view by a token, which stays in the page, and takes it away', inChromium, async (t) => {
  const running = await shop()
  const tab = await running.open(chromium)
  await tab.until(textOf('Ada', 'status'))
  const token = running.tokenOf('Ada')
  await pasteToken(tab, token)
  await tab.until(`${textOf('customer-1', 'status')} && ${textOf('customer-1', 'total')} === ${textOf('Ada', 'total')}`)
  t.equal(await tab.evaluate(`${cell('customer-1', 'margin')}.classList.contains('hidden')`), true)
  const kept = await tab.evaluate<string>(
    'location.href + JSON.stringify({ ...sessionStorage, ...localStorage }) + document.documentElement.outerHTML',
  )
  t.notOk(kept.includes(token))
  await tab.evaluate(`document.querySelector('[aria-label="Remove customer-1"]').click()`)
  await tab.until(`${cell('customer-1', 'status')} === null && ${textOf('Ada', 'status')}`)
  t.notOk(JSON.stringify(running.gateway.log).includes(token))
  t.same(running.faultsOf(tab), [])
})

test('a token that will not do is told in a sentence', inChromium, async () => {
  const tab = await (await shop()).open(chromium)
  await tab.until(textOf('Sam', 'status'))
  const refused = `document.querySelector('[role=alert]')?.textContent`
  for (const [token, sentence] of [
    ['no token', 'This is no token'],
    ['x'.repeat(100_000), 'This token has 100000 characters'],
    [await signedToken({ sub: 'eve', roles: ['support'], exp: 1 }), 'This token has expired'],
  ] as const) {
    await pasteToken(tab, token)
    await tab.until(`${refused}?.startsWith('${sentence}')`)
    await tab.evaluate(`${button('Cancel')}.click()`)
    await tab.until(`${button('+ Add')} !== undefined`)
  }
  // By another key: the gateway alone can tell.
  await pasteToken(tab, await signedToken({ sub: 'eve', roles: ['support'] }))
  await tab.until(`document.querySelector('thead').textContent.includes('✕ refused: ')`)
  await tab.until(`${textOf('eve', 'status')} === 'hidden'`)
  await tab.evaluate(`document.querySelector('[aria-label="Remove eve"]').click()`)
})

test('a list of what one person may see leads to an entity, and changes as they see it', inChromium, async (t) => {
  const running = await shop()
  const tab = await running.open(chromium, '#/live/order')
  await tab.until(textOf('Sam', 'status'))
  await tab.evaluate(`${button('List')}.click()`)
  const headings = `[...document.querySelectorAll('.browse thead th')].map(({ textContent }) => textContent).join()`
  const ids = `[...document.querySelectorAll('.browse tbody button')].map(({ textContent }) => textContent)`
  await tab.until(`${ids}.length > 5`)
  t.match(await tab.evaluate(headings), /^id,number,/)
  await tab.evaluate(`{
    const select = document.querySelector('.browse select')
    select.selectedIndex = [...select.options].findIndex(({ textContent }) => textContent === 'Ada')
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }`)
  await tab.until(`${ids}.length > 0 && ${ids}.length < 5`)
  const [last] = (await tab.evaluate<string[]>(ids)).slice(-1)
  await tab.evaluate(`[...document.querySelectorAll('.browse tbody button')].at(-1).click()`)
  await tab.until(`location.hash === '#/live/order/${last}' && ${textOf('Ada', 'id')} === '${last}'`)
  t.same(running.faultsOf(tab), [])
})

test('a page whose gateway has gone says so, and keeps what it knew', inChromium, async (t) => {
  const running = await ShopConsole.start(t)
  const tab = await running.open(chromium)
  await tab.until(textOf('Sam', 'status'))
  await running.gateway.kill()
  await tab.until(`document.querySelector('.gone')?.textContent.includes('does not answer')`)
  t.ok(await tab.evaluate(textOf('Sam', 'status')))
  await tab.evaluate(`${button('Hide status')}.click()`)
  await tab.until(`document.querySelector('[role=alert]')?.textContent === 'The admin port does not answer.'`)
  t.same(tab.complaints, [])
})

for (const [width, scheme] of [
  [1280, 'light'],
  [320, 'dark'],
] as const) {
  test(`nothing serious is found on the screens of operation at ${width} px, ${scheme}, and nothing is cut off`, inChromium, async (t) => {
    const tab = await chromium.open('about:blank')
    await tab.setWidth(width, scheme)
    await tab.goTo(await troubled(t))
    await tab.until(`document.querySelector('nav')`)
    for (const [screen, shown] of [
      ['pipeline', '▲'],
      ['connections', 'tab-1'],
      ['bad-records', 'not_avro'],
    ] as const) {
      await tab.evaluate(`location.hash = '#/${screen}'`)
      await tab.until(`${said}.includes('${shown}')`)
      await tab.evaluate(`document.querySelectorAll('summary').forEach((one) => one.click())`)
      t.same(await seriousFindings(tab), [], screen)
      if (width === 320) t.same(await smallTargets(tab), [], `fingers meet all of ${screen}`)
      t.ok(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), `no sideways scrolling: ${screen}`)
    }
  })
}
