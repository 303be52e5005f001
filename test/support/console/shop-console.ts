import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Test } from 'tap'
import type { Chromium } from '../browser/chromium.js'
import type { Tab } from '../browser/tab.js'
import { GatewayProcess } from '../gateway/gateway-process.js'
import { until } from '../running/until.js'

/** The sample shop as `npm start` runs it, with its console. */
export class ShopConsole {
  private constructor(
    readonly gateway: GatewayProcess,
    /** With the key, as it is printed. */
    readonly address: string,
  ) {}

  static async start(t: Test, environment: Readonly<Record<string, string>> = {}): Promise<ShopConsole> {
    const gateway = await GatewayProcess.start(t, environment)
    await until(() => /#k=\S+/.test(gateway.printed))
    return new ShopConsole(gateway, /http:\S+#k=\S+/.exec(gateway.printed)![0])
  }

  get key(): string {
    return this.address.split('#k=')[1]!
  }

  /** The token that is printed for a user. */
  tokenOf(name: string): string {
    return new RegExp(`${name} [^]*?--token (\\S+)`).exec(this.gateway.printed)![1]!
  }

  /** In a tab of its own, once it shows values. */
  async open(chromium: Chromium, hash = '', width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<Tab> {
    const tab = await chromium.open('about:blank')
    await tab.setWidth(width, scheme)
    await tab.goTo(this.address)
    await tab.until(`document.querySelector('nav')`)
    if (hash !== '') await tab.evaluate(`location.hash = ${JSON.stringify(hash)}`)
    return tab
  }

  /** What the browser and the page have complained of, and what was asked for elsewhere. */
  faultsOf({ complaints, objections, requests }: Tab): string[] {
    const own = [this.gateway.adminUrl, this.gateway.url!, 'data:,', 'about:blank']
    return [...complaints, ...objections, ...requests.filter((url) => !own.some((start) => url.startsWith(start)))]
  }
}

/** What is pressed on a screen of this width and is smaller than a finger. */
export function smallTargets(tab: Tab): Promise<string[]> {
  return tab.evaluate<string[]>(`[...document.querySelectorAll('button, input, select, textarea, summary, nav a, td[tabindex]')]
    .filter((one) => one.checkVisibility())
    .map((one) => [one, (one.type === 'checkbox' ? one.closest('label') : one).getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.round(width) < 44 || Math.round(height) < 44)
    .map(([one, { width, height }]) => Math.round(width) + ' x ' + Math.round(height) + ': ' + one.outerHTML.slice(0, 160))`)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds serious about a page as it stands. */
export async function seriousFindings(tab: Tab): Promise<string[]> {
  await tab.evaluate(`${axe}; undefined`)
  return await tab.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`)
}
