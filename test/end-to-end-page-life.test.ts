import { test } from 'tap'
import { Chromium, inChromium } from './support/browser/chromium.js'
import { canary, OrderPage } from './support/browser/order-page.js'

// What a page goes through in a real browser, with the client library as the gateway sends it.

const chromium = new Chromium()
/** From its version 149 on Chromium ends the connections of pages that it freezes or keeps for later; others keep them. */
const browsers = { 'ends connections': chromium, 'keeps connections': new Chromium('--disable-features=DisconnectWebSocketOnBFCache') }
const keeping = browsers['keeps connections']

test('a page shows an entity as it is, and then what becomes of it', inChromium, async (t) => {
  const page = await OrderPage.open(t, chromium)
  await page.follow()
  await page.follow(20)
  t.same(page.tab.complaints, [])
})

test('a page whose token is refused is told why, and asks no more', inChromium, async (t) => {
  const { tab, gateway } = await OrderPage.open(t, chromium, 1, 'nonsense')
  await tab.until(`states.at(-1).status === 'closed'`)
  t.same(await tab.evaluate('[states.at(-1).error.code, shown]'), ['token_invalid', 'failed  '])
  t.equal(gateway.meter.connectionsAccepted, 0)
})

test('a page whose network goes says so within seconds, and is back with it, ahead of its next try', inChromium, async (t) => {
  const page = await OrderPage.open(t, chromium, 4)
  await page.follow()
  const offlineMs = await page.nowMs()
  await page.tab.setOffline(true)
  page.write(3)
  await page.tab.until(`shown === 'stale 1 ${canary}'`)
  t.ok((await page.tab.evaluate<number>('states.at(-1).atMs')) - offlineMs < 20_000, 'before it would have asked by itself')
  await page.tab.until('states.at(-1).retryAt - Date.now() > 3000')
  const retryMs = await page.tab.evaluate<number>('states.at(-1).retryAt')
  await page.tab.setOffline(false)
  await page.follow()
  t.ok((await page.tab.evaluate<number>('states.at(-1).since')) < retryMs)
})

for (const [does, browser] of Object.entries(browsers)) {
  test(`a page that is frozen by a browser that ${does} has all that came meanwhile when it goes on`, inChromium, async (t) => {
    const page = await OrderPage.open(t, browser)
    await page.follow()
    await page.tab.setFrozen(true)
    page.write(5)
    await page.tab.setFrozen(false)
    await page.follow()
    if (browser === keeping) t.equal(page.gateway.meter.connectionsAccepted, 1)
  })

  test(`a page that a browser that ${does} has kept for who comes back to it has missed nothing`, inChromium, async (t) => {
    const page = await OrderPage.open(t, browser)
    await page.follow()
    await page.leave()
    page.write(5)
    await page.tab.goBack()
    await page.follow()
    t.equal(page.gateway.meter.connectionsAccepted, 2)
  })
}

test('a page that comes back in a tab that nobody sees is right, too', inChromium, async (t) => {
  const page = await OrderPage.open(t, chromium)
  await page.follow()
  await page.hide(t, chromium)
  await page.leave()
  page.write(5)
  await page.tab.goBack()
  await page.follow()
})

test('a page that was frozen, so that its timers are late, does not think the server gone that answers', inChromium, async (t) => {
  const page = await OrderPage.open(t, keeping, 4)
  await page.follow()
  // It asks whether the server is there; as after a sleep, the network is there a moment later than the page.
  page.network.hang()
  await page.tab.evaluate(`dispatchEvent(new Event('online'))`)
  await page.tab.setFrozen(true)
  const frozenMs = await page.nowMs()
  await page.tab.evaluate('sleep(60_000)')
  await page.tab.until(`Date.now() > ${frozenMs} + 64_000`)
  await page.tab.setFrozen(false)
  await page.tab.until('latestMs > 60_000')
  page.network.goOn()
  await page.follow()
  t.equal(page.gateway.meter.connectionsAccepted, 1)
})

test('a page that was frozen while its network went notices at once', inChromium, async (t) => {
  const page = await OrderPage.open(t, keeping, 4)
  await page.follow()
  await page.tab.setFrozen(true)
  page.network.hang()
  page.write(5)
  const thawedMs = await page.nowMs()
  await page.tab.setFrozen(false)
  await page.follow()
  t.ok((await page.tab.evaluate<number>('states.at(-1).since')) - thawedMs < 20_000, 'before it would have asked by itself')
  t.equal(page.gateway.meter.connectionsAccepted, 2)
})

test('a page that is kept for who comes back keeps nothing that may not be seen any more', inChromium, async (t) => {
  const page = await OrderPage.open(t, chromium)
  await page.follow()
  t.ok((await page.tab.heap()).includes(canary))
  await page.leave()
  page.hideSecret()
  await page.tab.goBack()
  await page.tab.until(`shown === 'live 1 '`)
  t.notOk((await page.tab.heap()).includes(canary))
})

test('a page whose client is closed stays so, whatever happens to it', inChromium, async (t) => {
  const page = await OrderPage.open(t, chromium)
  await page.follow()
  await page.tab.evaluate('client.close()')
  await page.tab.until(`states.at(-1).status === 'closed'`)
  const count = await page.tab.evaluate('states.length')
  await page.leave()
  await page.tab.goBack()
  for (const happens of [true, false]) {
    await page.tab.setOffline(happens)
    await page.tab.setFrozen(happens)
  }
  t.same(await page.tab.evaluate('[states.at(-1).status, states.length]'), ['closed', count])
  t.equal(page.gateway.meter.connectionsAccepted, 1)
})

test('a page that is hidden, so that its timers are late, keeps its connection and hears what comes', inChromium, async (t) => {
  // Browsers put off the timers of hidden pages to the next second, which is 20 of this page.
  const page = await OrderPage.open(t, chromium, 20)
  await page.follow()
  await page.hide(t, chromium)
  await page.tab.until('latestMs > 10_000')
  await page.follow()
  await page.tab.show()
  await page.follow()
  t.equal(page.gateway.meter.connectionsAccepted, 1)
})
