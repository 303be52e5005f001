import type { Devtools } from './devtools.js'

interface Evaluated<R> {
  readonly result: { readonly value: R }
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
}

interface Thrown {
  readonly exceptionDetails: { readonly text: string; readonly exception?: { readonly description?: string } }
}

const keyCodes: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
}

const patienceMs = 30_000

/** A tab of a browser, and what can happen to it. */
export class Tab {
  /** What the page has complained of in its console, and what it has thrown. */
  readonly complaints: string[] = []
  /** What the browser holds against the page: refused by a policy, not found, a socket that was cut. */
  readonly objections: string[] = []
  /** All that the page has asked for. */
  readonly requests: string[] = []

  private constructor(
    private readonly devtools: Devtools,
    private readonly target: string,
    private readonly session: string,
  ) {
    devtools.on('Runtime.exceptionThrown', session, (params) => {
      const { text, exception } = (params as unknown as Thrown).exceptionDetails
      this.complaints.push(exception?.description ?? text)
    })
    devtools.on('Runtime.consoleAPICalled', session, ({ type, args }) => {
      if (type === 'error' || type === 'warning') this.complaints.push(JSON.stringify(args))
    })
    devtools.on('Log.entryAdded', session, ({ entry }) => this.objections.push((entry as { text: string }).text))
    devtools.on('Network.requestWillBeSent', session, ({ request }) => this.requests.push((request as { url: string }).url))
    devtools.on('Network.webSocketCreated', session, ({ url }) => this.requests.push(url as string))
  }

  static async attach(devtools: Devtools): Promise<Tab> {
    const { targetId } = await devtools.ask<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await devtools.ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
    const tab = new Tab(devtools, targetId, sessionId)
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await tab.ask(`${domain}.enable`)
    return tab
  }

  ask<R>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<R> {
    return this.devtools.ask<R>(method, params, this.session)
  }

  /** The value of an expression in the page, which must be JSON; of a promise that to which it resolves. @throws Error as the page does */
  async evaluate<R>(expression: string): Promise<R> {
    const options = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.ask<Evaluated<R>>('Runtime.evaluate', options)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** Waits until an expression holds. Whoever asked more often would keep the page from getting there. */
  async until(expression: string): Promise<void> {
    const endMs = Date.now() + patienceMs
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      if (Date.now() > endMs) throw new Error(`waited in vain until ${expression}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async goTo(url: string): Promise<void> {
    await this.untilEvent('Page.loadEventFired', () => this.ask('Page.navigate', { url }))
  }

  /** As fingers press it; `Enter`, `Tab`, `ArrowDown`, or one character. */
  async press(key: string): Promise<void> {
    const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined
    const windowsVirtualKeyCode = keyCodes[key] ?? key.toUpperCase().charCodeAt(0)
    await this.ask('Input.dispatchKeyEvent', { type: 'keyDown', key, text, windowsVirtualKeyCode })
    await this.ask('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode })
  }

  async setWidth(width: number, scheme: 'light' | 'dark' = 'light'): Promise<void> {
    await this.ask('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false })
    // Without motion, as colours that are on their way have no contrast of their own.
    const wishes = { 'prefers-color-scheme': scheme, 'prefers-reduced-motion': 'reduce' }
    await this.ask('Emulation.setEmulatedMedia', { features: Object.entries(wishes).map(([name, value]) => ({ name, value })) })
  }

  /** From the next page on, in which time goes so many times as fast: a minute is seconds. */
  async hasten(times: number): Promise<void> {
    await this.ask('Page.addScriptToEvaluateOnNewDocument', { source: `(${hastened.toString()})(${times})` })
  }

  /**
   * How long the longest task takes while something is done; tasks below 50 ms count as none. Where that is not below the limit, others may
   * have had the processor: then it is done again, three times at most, and the least counts.
   */
  async longestTaskMs(limitMs: number, done: (nth: number) => Promise<void>): Promise<number> {
    let least = Infinity
    for (let nth = 0; nth < 3 && least >= limitMs; nth++) {
      await this.evaluate(`{
        globalThis.longTasks = []
        globalThis.noted?.disconnect()
        globalThis.noted = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
        noted.observe({ type: 'longtask' })
      }`)
      await done(nth)
      least = Math.min(least, await this.evaluate<number>('Math.max(0, ...longTasks)'))
    }
    return least
  }

  /** What is in use once nothing is kept that nobody needs. */
  async heapBytes(): Promise<number> {
    await this.ask('HeapProfiler.collectGarbage')
    return (await this.ask<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize
  }

  /** What is to be seen, from the top to the bottom, as WebP: a third of a PNG. */
  async picture(): Promise<Buffer> {
    const { width, height } = await this.evaluate<{ width: number; height: number }>(
      '({ width: innerWidth, height: document.documentElement.scrollHeight })',
    )
    const clip = { x: 0, y: 0, width, height, scale: 1 }
    const { data } = await this.ask<{ data: string }>('Page.captureScreenshot', {
      format: 'webp',
      quality: 80,
      captureBeyondViewport: true,
      clip,
    })
    return Buffer.from(data, 'base64')
  }

  /** From the next page on, whose time stands still where `globalThis.stillAt` says so, and which does nothing again where `isStill` is set. */
  async holdTime(): Promise<void> {
    const source =
      '{ const now = performance.now.bind(performance); performance.now = () => globalThis.stillAt ?? now() }\n' +
      '{ const every = setInterval; globalThis.setInterval = (call, ms) => every(() => globalThis.isStill || call(), ms) }'
    await this.ask('Page.addScriptToEvaluateOnNewDocument', { source })
  }

  async goBack(): Promise<void> {
    const { currentIndex, entries } = await this.ask<{ currentIndex: number; entries: { id: number }[] }>('Page.getNavigationHistory')
    const { id: entryId } = entries[currentIndex - 1]!
    await this.untilEvent('Page.frameNavigated', () => this.ask('Page.navigateToHistoryEntry', { entryId }))
  }

  async setFrozen(isFrozen: boolean): Promise<void> {
    await this.ask('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' })
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.ask('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
  }

  /** What the page holds once nothing is kept that nobody needs: a text that is in none of it is in no object of the page. */
  async heap(): Promise<string> {
    const chunks: string[] = []
    const stop = this.devtools.on('HeapProfiler.addHeapSnapshotChunk', this.session, ({ chunk }) => chunks.push(chunk as string))
    await this.ask('HeapProfiler.collectGarbage')
    await this.ask('HeapProfiler.takeHeapSnapshot')
    stop()
    return chunks.join('')
  }

  /** In front of the others, which are hidden then. */
  async show(): Promise<void> {
    await this.devtools.ask('Target.activateTarget', { targetId: this.target })
  }

  async close(): Promise<void> {
    await this.devtools.ask('Target.closeTarget', { targetId: this.target })
  }

  private async untilEvent(event: string, act: () => Promise<unknown>): Promise<void> {
    let stop = (): void => undefined
    const happened = new Promise((resolve) => (stop = this.devtools.on(event, this.session, resolve)))
    await act()
    await happened
    stop()
  }
}

/** Runs in the page. */
function hastened(times: number): void {
  const { setTimeout: timeout, setInterval: interval, Date: dates, performance: since } = globalThis
  const [now, passed] = [dates.now.bind(dates), since.now.bind(since)]
  const start = now()
  const faster =
    (set: typeof timeout) =>
    (call: () => void, ms = 0) =>
      set(call, ms / times)
  Object.assign(globalThis, { setTimeout: faster(timeout), setInterval: faster(interval as typeof timeout) })
  dates.now = () => start + (now() - start) * times
  since.now = () => passed() * times
}
