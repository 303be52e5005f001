import { mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { Chromium, inChromium } from '../browser/chromium.js'
import { SteeredShop } from './steered-shop.js'

// `npm run screenshots`: the screens of the console as the README shows them, of one seed and one time.

const folder = 'src/console/screenshots'
const widths = { wide: 1280, narrow: 390 } as const
/** Before somebody looks, and while they do, so that charts have something to show. */
const [earlierSeconds, watchedSeconds] = [240, 90]

const said = `document.querySelector('main').textContent`
const status = (person: string) => `document.getElementById('${person}/status')?.querySelector('.text')?.textContent`

test('the screenshots are written', inChromium, async (t) => {
  const shop = await SteeredShop.start(t)
  for (let passed = 0; passed < earlierSeconds; passed++) await shop.second()
  const tab = await new Chromium('--hide-scrollbars').open('about:blank')
  await tab.holdTime()
  await tab.setWidth(widths.wide)
  await tab.goTo(shop.address)
  await tab.until(
    `['Sam', 'Wanda', 'Ada'].every((one) => document.querySelector('thead')?.textContent.includes(one + ' ')) && ${said}.includes('● live')`,
  )
  for (let passed = 0; passed < watchedSeconds; passed++) await shop.second()
  // An order on its way, whose last change is marked.
  const isShown = `['Sam', 'Wanda', 'Ada'].every((one) => document.getElementById(one + '/status')?.textContent.startsWith('PACKED'))`
  for (let passed = 0; passed < 12 && !(await tab.evaluate<boolean>(isShown)); passed++) {
    await tab.evaluate('globalThis.stillAt = undefined')
    await new Promise((resolve) => setTimeout(resolve, 2000))
    await tab.evaluate('globalThis.stillAt = performance.now()')
    const before = await tab.evaluate<string>(status('Wanda'))
    await shop.second()
    await tab.until(
      `['Sam', 'Wanda', 'Ada'].every((one) => document.getElementById(one + '/status').querySelector('.text').textContent !== ${JSON.stringify(before)})`,
    )
    await tab.until(`${said}.includes('4.0 records/s')`)
  }
  // The figures of now stay until the pictures are taken.
  await tab.evaluate('globalThis.isStill = true')
  mkdirSync(folder, { recursive: true })
  const write = async (name: string): Promise<void> => writeFileSync(`${folder}/${name}.webp`, await tab.picture())
  for (const [name, width] of Object.entries(widths))
    for (const scheme of ['light', 'dark'] as const) {
      await tab.setWidth(width, scheme)
      await write(`live-${name}-${scheme}`)
    }
  await tab.setWidth(widths.wide)
  await tab.evaluate('globalThis.isStill = false')
  for (const [screen, isThere] of [
    ['policy', `document.querySelector('.who td')`],
    ['pipeline', `document.querySelector('polyline')`],
  ] as const) {
    await tab.evaluate(`location.hash = '#/${screen}'`)
    await tab.until(isThere)
    await write(screen)
  }
  t.same(tab.complaints, [])
})
