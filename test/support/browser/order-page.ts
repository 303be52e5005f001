import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { PageLibrary } from '#gateway/deliver/socket/page-library.js'
import { writePageLibrary } from '#packing/write-page-library.js'
import { parsePolicy } from '#policy/role-policy.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { HangingProxy } from '../clients/hanging-proxy.js'
import { ServedGateway } from '../gateway/served-gateway.js'
import { signedToken } from '../gateway/tokens.js'
import { until } from '../running/until.js'
import type { Chromium } from './chromium.js'
import { serveSite } from './site.js'
import type { Tab } from './tab.js'

const order = {
  ...{ type: 'record', name: 'Order', streamable: true },
  fields: [
    { name: 'step', type: 'int' },
    { name: 'secret', type: 'string' },
  ],
} as unknown as RecordSchema

const policyOf = (...fields: string[]) => ({ roles: { clerk: [{ action: 'read', subject: 'order', fields }] } })
const state = { bytesMax: 10_000_000, fillSecondsMax: 10, window: { bytesMax: 1_000_000, secondsMax: 3600 } }

/** What an order says until rights take it away: found in whatever holds it. */
export const canary = 'a canary that sings'

/**
 * A page's clock that is faster than that of the world, and may be set ahead as that of a machine that has slept. Timers stay the browser's
 * own, with all that it does to them; it is noted how late one ever was.
 */
const clock = (speed: number) => `
  const [now, later, began] = [Date.now, setTimeout, Date.now()]
  let aheadMs = 0
  Date.now = () => began + (now() - began) * ${speed} + aheadMs
  window.latestMs = 0
  window.setTimeout = (call, ms) => {
    const dueMs = Date.now() + ms
    return later(() => {
      latestMs = Math.max(latestMs, Date.now() - dueMs)
      call()
    }, ms / ${speed})
  }
  window.sleep = (ms) => { aheadMs += ms }
  Math.random = () => 0.9`

/** As it was built just now. */
const pageLibrary = await newPageLibrary()

async function newPageLibrary(): Promise<PageLibrary> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-page-library-'))
  try {
    await writePageLibrary(folder)
    return PageLibrary.read(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** An order's page with the library as the gateway sends it. */
const orderPage = (url: string, token: string, speed: number) => `<!doctype html>
<title>order-1</title>
<script>${clock(speed)}</script>
<script type="module">
  import { SluiceClient } from '${url.replace('ws', 'http')}/client.js'

  const client = new SluiceClient('${url}', { token: '${token}', clientId: 'tab' })
  const order = client.entity('order', 'order-1')
  order.subscribe(({ status, data }) => { window.shown = [status, data?.step, data?.secret].join(' ') })

  const [steps, states] = [[], []]
  client.subscribe('order', 'order-1', { snapshot: true }).subscribe(({ data, missed }) => steps.push(missed?.because ?? data?.step ?? 'gone'))
  client.state.subscribe((state) => states.push({ ...state, atMs: Date.now() }))
  Object.assign(window, { client, steps, states })
</script>`

/** A page in a browser that follows an order at a gateway, which changes step by step. */
export class OrderPage {
  private step = 0

  private constructor(
    readonly tab: Tab,
    readonly gateway: ServedGateway,
    /** What its connection goes by. */
    readonly network: HangingProxy,
    private readonly site: string,
  ) {}

  /** @param speed how much faster its clock is than that of the world */
  static async open(t: Test, chromium: Chromium, speed = 1, ownToken?: string): Promise<OrderPage> {
    const gateway = await ServedGateway.start(t, { order }, policyOf('**'), { state, pageLibrary })
    const network = await HangingProxy.start(t, Number(new URL(gateway.url).port))
    const token = ownToken ?? (await signedToken({ roles: ['clerk'] }))
    const site = await serveSite(t, {
      '/': orderPage(`ws://127.0.0.1:${network.port}`, token, speed),
      '/elsewhere': '<title>elsewhere</title>',
    })
    const opened = new OrderPage(await chromium.open(site), gateway, network, site)
    t.teardown(() => opened.tab.close())
    return opened
  }

  /** The order goes on by so many steps. */
  write(count = 1): void {
    for (let n = 0; n < count; n++) this.gateway.write('order', 'order-1', { step: ++this.step, secret: canary })
  }

  /** The order goes on, until the page has been told of all that it ever went through, once each and in their order. */
  async follow(count = 1): Promise<void> {
    this.write(count)
    await this.tab.until(`shown === 'live ${this.step} ${canary}'`)
    const told = await this.tab.evaluate<unknown[]>('steps')
    const isAll = told.length === this.step && told.every((step, index) => step === index + 1)
    if (!isAll) throw new Error(`The page was told ${told.join()}.`)
  }

  nowMs(): Promise<number> {
    return this.tab.evaluate('Date.now()')
  }

  hideSecret(): void {
    this.gateway.policy.replaceBy(parsePolicy(JSON.stringify(policyOf('step'))))
  }

  /** Behind another tab. */
  async hide(t: Test, chromium: Chromium): Promise<void> {
    const other = await chromium.open('about:blank')
    t.teardown(() => other.close())
    await this.tab.until(`document.visibilityState === 'hidden'`)
  }

  /** For another page. */
  async leave(): Promise<void> {
    await this.tab.goTo(`${this.site}/elsewhere`)
    await until(() => this.gateway.meter.connections === 0)
  }
}
