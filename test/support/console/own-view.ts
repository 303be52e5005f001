import type { Test } from 'tap'
import type { GatewayLimits } from '#gateway/gateway-options.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import type { Chromium } from '../browser/chromium.js'
import type { Tab } from '../browser/tab.js'
import { ServedGateway } from '../gateway/served-gateway.js'
import { signedToken } from '../gateway/tokens.js'
import { ServedConsole, tokens } from './served-console.js'

interface Shown {
  readonly records: Readonly<Record<string, RecordSchema>>
  readonly policy: object
  readonly limits?: Partial<GatewayLimits>
}

const state = { bytesMax: 100_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 } }

/** A gateway of one's own with real sockets, and its console. */
export class OwnView {
  private constructor(
    readonly gateway: ServedGateway,
    readonly served: ServedConsole,
  ) {}

  static async start(t: Test, { records, policy, limits }: Shown): Promise<OwnView> {
    const gateway = await ServedGateway.start(t, records, policy, { state, limits: limits ?? {} })
    const { clock, meter, url } = gateway
    const shown = { clock, meter, url, gateway: gateway.gateway, policyText: JSON.stringify(policy) }
    return new OwnView(gateway, await ServedConsole.start(t, undefined, shown))
  }

  /** A tab in which nobody stands yet. */
  async open(chromium: Chromium, hash = '', prepare: (tab: Tab) => Promise<unknown> = () => Promise.resolve()): Promise<Tab> {
    const tab = await chromium.open('about:blank')
    await prepare(tab)
    await tab.goTo(`${this.served.url}/#k=${tokens.actor}`)
    await tab.until(`document.querySelector('main')?.textContent.includes('Add a person by their token')`)
    if (hash !== '') await tab.evaluate(`location.hash = ${JSON.stringify(hash)}`)
    return tab
  }
}

const button = (start: string) => `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('${start}'))`

/** By a token that is signed now. */
export async function addPerson(tab: Tab, claims: Record<string, unknown>): Promise<void> {
  await pasteToken(tab, await signedToken(claims))
  await tab.until(`document.querySelector('.add-person') === null`)
}

/** As somebody who adds a person. What comes of it is to be waited for. */
export async function pasteToken(tab: Tab, token: string): Promise<void> {
  await tab.evaluate(`${button('+ Add')}.click()`)
  await tab.until(`document.querySelector('.add-person input')`)
  await tab.evaluate(`{
    const input = document.querySelector('.add-person input')
    input.value = ${JSON.stringify(token)}
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }`)
  await tab.evaluate(`${button('Add')}.click()`)
}
