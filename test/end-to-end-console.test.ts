import { t as all, test } from 'tap'
import { Chromium, inChromium } from './support/browser/chromium.js'
import type { Tab } from './support/browser/tab.js'
import { seriousFindings, ShopConsole, smallTargets } from './support/console/shop-console.js'

// The console as somebody sees it who opens the address that `npm start` prints.

const chromium = new Chromium()

let opened: Promise<ShopConsole> | undefined
/** One shop for all tests that leave its policy as it is. */
const shop = () => (opened ??= ShopConsole.start(all))

let changed: Promise<ShopConsole> | undefined
/** Another for those that change it, and put it back. */
const changing = () => (changed ??= ShopConsole.start(all))

const cell = (person: string, path: string) => `document.getElementById('${person}/${path}')`
const textOf = (person: string, path: string) => `${cell(person, path)}?.querySelector('.text')?.textContent`
const isHidden = (person: string, path: string) => `${cell(person, path)}?.classList.contains('hidden')`
const drawer = `document.querySelector('.drawer')?.textContent`
const button = (start: string) => `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('${start}'))`

/** Changes what stands in the editor, as somebody who types. */
const written = (old: string, next: string) => `(() => {
  const editor = document.querySelector('textarea')
  editor.value = editor.value.replace(${JSON.stringify(old)}, ${JSON.stringify(next)})
  editor.dispatchEvent(new Event('input', { bubbles: true }))
})()`

/** Puts another text there, which the page makes. */
const filled = (text: string) => `(() => {
  const editor = document.querySelector('textarea')
  editor.value = ${text}
  editor.dispatchEvent(new Event('input', { bubbles: true }))
})()`

test('one order stands as three people see it, changing, with what is hidden in its place', inChromium, async (t) => {
  const running = await shop()
  const tab = await running.open(chromium)
  await tab.until(textOf('Sam', 'status'))
  t.notMatch(await tab.evaluate<string>('location.href'), /k=/, 'the key is taken out of the address')
  await tab.until(`${isHidden('Wanda', 'total')} && !${isHidden('Sam', 'total')} && !${isHidden('Ada', 'shipping_address.name')}`)
  await tab.until(`${isHidden('Sam', 'margin')} && ${isHidden('Wanda', 'margin')} && ${isHidden('Ada', 'margin')}`)
  // With all its digits.
  await tab.until(`${textOf('Sam', 'number')} === '9007199254740993'`)
  const status = await tab.evaluate<string>(textOf('Wanda', 'status'))
  await tab.until(`${textOf('Wanda', 'status')} !== ${JSON.stringify(status)}`)
  t.same(running.faultsOf(tab), [])
})

test('a press on a field says which rule shows or hides it', inChromium, async (t) => {
  const tab = await (await shop()).open(chromium)
  await tab.until(isHidden('Sam', 'margin'))
  await tab.until(`${cell('Sam', 'margin')}.ariaLabel === 'margin of Sam: hidden by policy line 6'`)
  await tab.evaluate(`${cell('Sam', 'margin')}.click()`)
  // Once in a while the order is gone for a second.
  await tab.until(
    `/Why does Sam not see order\\.margin.*shows roles\\.support\\[0\\], line 4.*hides roles\\.support\\[2\\], line 6/.test(${drawer})`,
  )
  await tab.evaluate(`${button('line 6')}.click()`)
  await tab.until(`document.activeElement.tagName === 'TEXTAREA'`)
  t.match(
    await tab.evaluate(`(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)`),
    /^ +\{ "inverted": true.*"tag:PII", "tag:INTERNAL"\] \},$/,
  )
  await tab.evaluate(`location.hash = '#/live'`)
  await tab.until(isHidden('Wanda', 'total'))
  await tab.evaluate(`${cell('Wanda', 'total')}.click()`)
  await tab.until(`${drawer}?.includes('No rule of role warehouse names this field')`)
  await tab.evaluate(`${cell('Ada', 'total')}.click()`)
  await tab.until(`${drawer}?.includes('customer_id = \${user.sub}')`)
  // What the condition asks about, as Ada herself is shown it.
  await tab.until(`${drawer}?.includes('customer_id is customer-1')`)
  t.same((await shop()).faultsOf(tab), [])
})

test('a press hides a field from one role, one column changes at once, and the next press shows it again', inChromium, async (t) => {
  const running = await changing()
  const tab = await running.open(chromium, '#/live/customer/customer-1')
  await tab.until(`${textOf('Sam', 'email')}?.includes('@') && ${textOf('Ada', 'email')}?.includes('@')`)
  await tab.evaluate(`${button('Hide email')}.click()`)
  await tab.until(isHidden('Sam', 'email'))
  t.match(await tab.evaluate(textOf('Ada', 'email')), /@/, 'Ada still sees it')
  await tab.evaluate(`${button('Show email')}.click()`)
  await tab.until(`${textOf('Sam', 'email')}?.includes('@')`)
  // Each press of two is another step back.
  await tab.evaluate(`location.hash = '#/policy'`)
  await tab.until(`${button('↶ Undo')}?.disabled === false`)
  await tab.evaluate(`${button('↶ Undo')}.click(), ${button('↶ Undo')}.click()`)
  await tab.until(`${button('↶ Undo')}.disabled && !document.querySelector('textarea').value.includes('tried out at the console')`)
  t.same(running.faultsOf(tab), [])
})

test('a policy is tried out as it is written, put in force, and undone', inChromium, async (t) => {
  const running = await changing()
  const tab = await running.open(chromium)
  await tab.until(isHidden('Wanda', 'total'))
  await tab.evaluate(`${cell('Wanda', 'total')}.click()`)
  await tab.until(button('Copy as a case'))
  await tab.evaluate(`${button('Copy as a case')}.click()`)
  await tab.until(`${drawer}.includes('runs on the policy')`)
  await tab.evaluate(`location.hash = '#/policy'`)
  await tab.until(`document.querySelector('.panes')?.textContent.includes('Cases: 1 pass')`)
  await tab.evaluate(written('"items.sku", "items.quantity"', '"items.sku", "items.quantity", "total", "totl"'))
  await tab.until(
    `/1 field, 1 role.*more role warehouse: order.total.*"totl" names no field.*Wanda does not see/s.test(document.querySelector('.panes').textContent)`,
  )
  await tab.evaluate(`${button('line 10')}.click()`)
  t.match(
    await tab.evaluate(
      `(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.querySelector('textarea'))`,
    ),
    /totl/,
  )
  await tab.evaluate(`${button('Put in force')}.click()`)
  await tab.until(`document.querySelector('.panes').textContent.includes('Nothing: everybody sees what they see now')`)
  await tab.evaluate(`location.hash = '#/live'`)
  await tab.until(`${cell('Wanda', 'total')} && !${isHidden('Wanda', 'total')} && ${textOf('Wanda', 'total')} !== ''`)
  await tab.evaluate(`location.hash = '#/policy'`)
  await tab.until(button('↶ Undo'))
  await tab.evaluate(`${button('↶ Undo')}.click()`)
  await tab.until(`!document.querySelector('textarea').value.includes('totl')`)
  t.same(running.faultsOf(tab), [])
})

test(
  'a text that is no policy is said to be none, also one of ten megabytes, and one that hides everything can be undone',
  inChromium,
  async (t) => {
    const tab = await (await changing()).open(chromium, '#/policy')
    await tab.until(`document.querySelector('textarea')`)
    await tab.evaluate(written('{', '{{'))
    await tab.until(`document.querySelector('.panes').textContent.includes('is not JSON')`)
    t.notOk(
      await tab.evaluate(`/What this changes|Findings/.test(document.querySelector('.panes').textContent)`),
      'nothing is said of no policy',
    )
    await tab.evaluate(`${button('Put in force')}.click()`)
    await tab.until(`document.querySelector('[role=alert]')?.textContent.includes('The one before stays in force')`)
    const longest = await tab.longestTaskMs(1000, async () => {
      await tab.evaluate(filled(`'{\\n' + ' '.repeat(99).concat('\\n').repeat(100_000)`))
      await tab.until(`document.querySelector('[role=alert]')?.textContent.includes('no more than 2000000 are sent')`)
      await tab.evaluate(`${button('Put in force')}.click()`)
      await tab.evaluate(filled(`'{ "roles": {} }'`))
      await tab.until(`document.querySelector('.panes').textContent.includes('support')`)
    })
    t.ok(longest < 1000, `the longest task took ${longest} ms`)
    await tab.evaluate(`${button('Put in force')}.click()`)
    await tab.until(`!${button('Reset')}.disabled`)
    await tab.evaluate(`${button('Reset')}.click()`)
    await tab.until(`document.querySelector('textarea').value.includes('warehouse')`)
    t.ok(await tab.evaluate(`!${button('↶ Undo')}.disabled`))
  },
)

test('a field that is added upstream is hidden from whoever has no rule that names it', inChromium, async (t) => {
  const running = await changing()
  const tab = await running.open(chromium, '#/schemas')
  await tab.until(`document.querySelector('.schemas h2')?.textContent.startsWith('Fields that no rule names: 0') && ${button('Register')}`)
  await tab.evaluate(`${button('Register')}.click()`)
  await tab.until(
    `/gift_message is shown to roles support, customer, .* and hidden from all others/.test(document.querySelector('.schemas').textContent)`,
  )
  await tab.evaluate(`location.hash = '#/live/order/order-1001'`)
  await tab.until(`${isHidden('Wanda', 'gift_message')} && ${textOf('Sam', 'gift_message')}?.includes('Many happy')`)
  t.same(running.faultsOf(tab), [])
})

test('a link that is cut comes back by itself, with as many changes told as to whom nothing happened', inChromium, async (t) => {
  const running = await changing()
  const tab = await running.open(chromium, '#/live/order/order-1001')
  // Whoever is shown something by then is who Sam is compared with.
  await tab.until(`${textOf('Sam', 'status')} && ${textOf('Wanda', 'status')}`)
  await tab.evaluate(`${button('Cut')}.click()`)
  await tab.until(`document.querySelector('th [role=status]')?.textContent.includes('resumed without a gap')`)
  // Between two changes both have been told the same.
  await tab.until(
    `(([, mine, theirs]) => +mine >= 3 && mine === theirs)(/then (\\d+) changes told, (\\d+) to/.exec(document.querySelector('th [role=status]').textContent) ?? [])`,
  )
  t.same(running.faultsOf(tab), [])
})

test('who reads slowly is told how many changes were left out, is right again, and holds up nobody', inChromium, async (t) => {
  const running = await changing()
  const tab = await running.open(chromium, '#/live/order/order-1001')
  await tab.until(`${textOf('Sam', 'status')} && ${textOf('Wanda', 'status')} && ${button('Read slowly')}?.disabled === false`)
  await tab.evaluate(`${button('Read slowly')}.focus()`)
  await tab.press('Enter')
  const line = `document.querySelector('.slow')?.textContent`
  const updates = (nth: number) => `+document.querySelectorAll('thead .is-live .figure')[${nth}].textContent`
  const [sam, wanda] = [await tab.evaluate<number>(updates(0)), await tab.evaluate<number>(updates(1))]
  await tab.until(`/^reads slowly · told last of .*, Wanda of .* · ([2-9]|\\d\\d) changes left out/.test(${line})`)
  t.ok(await tab.evaluate(`${updates(1)} - ${wanda} >= ${updates(0)} - ${sam} + 2`), 'Wanda is told all the while')
  await tab.until(`document.activeElement.textContent === 'Read normally'`)
  await tab.press('Enter')
  await tab.until(`/^right again · told last of (\\S+), Wanda of \\1 · \\d+ changes left out/.test(${line})`)
  // From now on each is told all.
  const leftOut = await tab.evaluate<string>(`document.querySelector('.slow .figure').textContent`)
  const next = await tab.evaluate<number>(updates(0))
  await tab.until(`${updates(0)} >= ${next + 2}`)
  t.equal(await tab.evaluate(`document.querySelector('.slow .figure').textContent`), leftOut)
  t.same(running.faultsOf(tab), [])
})

test('all of it is done by keys, too', inChromium, async (t) => {
  const tab = await (await shop()).open(chromium)
  await tab.until(isHidden('Wanda', 'total'))
  await tabTo(tab, `document.activeElement === ${cell('Sam', 'id')}`)
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp']) await tab.press(key)
  t.equal(await tab.evaluate('document.activeElement.id'), 'Wanda/number')
  await tab.press('Enter')
  await tab.until(`${drawer}?.includes('Why does Wanda not see order.number')`)
  await tab.press('Escape')
  await tab.until(`document.querySelector('.drawer') === null && document.activeElement.id === 'Wanda/number'`)
  await tab.press('p')
  await tab.until(`${button('▶')} !== undefined`)
  await tab.press('2')
  await tab.until(`location.hash === '#/policy' && document.querySelector('textarea') && document.title === 'Policy · Sluice'`)
  await tab.press('1')
  await tab.until(`document.querySelector('table.people')`)
})

test('what is paused stands still until it goes on', inChromium, async (t) => {
  const tab = await (await shop()).open(chromium)
  await tab.until(textOf('Sam', 'status'))
  await tab.press('p')
  await tab.until(`${button('▶')} !== undefined`)
  const { status, updates } = await tab.evaluate<{ status: string; updates: number }>(
    `({ status: ${textOf('Sam', 'status')}, updates: +document.querySelector('.figure').textContent })`,
  )
  await tab.until(`+document.querySelector('.figure').textContent >= ${updates + 2}`)
  t.equal(await tab.evaluate(textOf('Sam', 'status')), status)
  await tab.press('p')
  await tab.until(`${textOf('Sam', 'status')} !== ${JSON.stringify(status)}`)
})

test('text that somebody has selected stays, and the rest goes on', inChromium, async (t) => {
  const tab = await (await shop()).open(chromium)
  await tab.until(textOf('Sam', 'status'))
  // Once in a while the order is gone for a second.
  await tab.until(`(getSelection().selectAllChildren(${cell('Sam', 'status')}.querySelector('.text')), getSelection().toString())`)
  const selected = await tab.evaluate<string>('getSelection().toString()')
  t.not(selected, '')
  await tab.until(`${textOf('Ada', 'status')} && ${textOf('Ada', 'status')} !== ${JSON.stringify(selected)}`)
  t.equal(await tab.evaluate('getSelection().toString()'), selected)
  await tab.evaluate('getSelection().removeAllRanges()')
  await tab.until(`${textOf('Sam', 'status')} !== ${JSON.stringify(selected)}`)
})

/** Each line of pixels of the drawer that is in sight is its own. */
const isUncovered = `(({ left, top, bottom, width }) =>
  Array.from({ length: Math.floor(Math.min(bottom, innerHeight) - top) - 4 }, (_none, y) => document.elementFromPoint(left + width / 2, top + y + 2))
    .every((one) => one?.closest('.drawer')))(document.querySelector('.drawer').getBoundingClientRect())`

for (const [width, scheme] of [
  [1280, 'light'],
  [320, 'dark'],
] as const) {
  test(`nothing serious is found at ${width} px, ${scheme}, and nothing is cut off`, inChromium, async (t) => {
    const tab = await (await shop()).open(chromium, '', width, scheme)
    await tab.until(isHidden('Sam', 'margin'))
    t.same(await seriousFindings(tab), [], 'the table')
    await tab.evaluate(`${cell('Sam', 'margin')}.click()`)
    await tab.until(`${drawer}?.includes('hides')`)
    t.same(await seriousFindings(tab), [], 'the drawer')
    t.ok(await tab.evaluate(isUncovered), 'nothing lies over the drawer')
    if (width === 320) t.same(await smallTargets(tab), [], 'fingers meet all of it')
    t.ok(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'no sideways scrolling')
    await tab.evaluate(`location.hash = '#/policy'`)
    await tab.until(`document.querySelector('textarea')`)
    t.same(await seriousFindings(tab), [], 'the policy')
    if (width === 320) t.same(await smallTargets(tab), [], 'fingers meet all of the policy')
    t.ok(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'no sideways scrolling')
    await tab.until(`document.querySelector('.who td')`)
    t.ok(
      await tab.evaluate(`(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.who .scrolled'))`),
      'each role is in sight',
    )
  })
}

test('without a key there is nothing but the question for one, and a wrong one is told', inChromium, async (t) => {
  const { gateway } = await shop()
  const tab = await chromium.open('about:blank')
  await tab.setWidth(320)
  await tab.goTo(gateway.adminUrl)
  await tab.until(`document.querySelector('input[type=password]')`)
  t.same(await smallTargets(tab), [])
  await tab.evaluate(`document.querySelector('input[type=password]').focus()`)
  for (const character of 'wrong') await tab.press(character)
  await tab.press('Enter')
  await tab.until(`document.querySelector('[role=alert]')?.textContent.includes('not known')`)
  t.equal(await tab.evaluate('sessionStorage.length'), 0)
})

/** By the key Tab, as somebody without a mouse. */
async function tabTo(tab: Tab, reached: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if (await tab.evaluate(reached)) return
    await tab.press('Tab')
  }
  throw new Error(`the key Tab does not lead to where ${reached}`)
}
