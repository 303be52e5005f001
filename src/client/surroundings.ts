import type { ClientOptions, SignalLike, SocketLike } from './api.js'

export type PageEvent = 'visible' | 'hidden' | 'pagehide' | 'pageshow' | 'resume' | 'online' | 'offline'

/** All that a client needs of where it runs. Handed in, so that tests can steer it. */
export interface Surroundings {
  /** Since the epoch; never less than before, and ahead by as much as the machine slept. */
  nowMs(): number
  after(delayMs: number, call: () => void): () => void
  /** Once what is being done now is done. */
  soon(call: () => void): void
  /** From 0 up to 1. */
  random(): number
  /** @throws where there can be no socket */
  open(url: string, subprotocols: string[]): SocketLike
  watchPage(listener: (event: PageEvent) => void): () => void
  /** Tells of what somebody else's code has thrown. */
  report(error: unknown): void
  aborter(): { readonly signal: SignalLike; abort(): void }
  /** Whose token it is, where that can be read. */
  subOf(token: string): string | undefined
}

/** The globals of browsers, Node and others, each of which may be missing. */
interface Globals {
  readonly WebSocket?: ClientOptions['WebSocket']
  readonly document?: EventSource & { readonly visibilityState?: string }
  readonly addEventListener?: EventSource['addEventListener']
  readonly removeEventListener?: EventSource['removeEventListener']
  readonly reportError?: (error: unknown) => void
  readonly atob?: (text: string) => string
  readonly queueMicrotask: (call: () => void) => void
  readonly AbortController: new () => { readonly signal: SignalLike; abort(): void }
}

interface EventSource {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

/** Longer timers would fire at once. */
const timerMsMax = 2_147_483_647

/** The only file that reads globals, and only when it is asked to: to import the library and to make a client touches none. */
export function systemSurroundings(WebSocket: ClientOptions['WebSocket']): Surroundings {
  const globals = globalThis as unknown as Globals
  let [readMs, nowMs] = [0, 0]
  return {
    // A clock that is set back stands still for a moment. Unlike a monotonic one it shows that the machine slept.
    nowMs() {
      const now = Date.now()
      nowMs += readMs === 0 ? now : Math.max(0, now - readMs)
      readMs = now
      return nowMs
    },
    after(delayMs, call) {
      const timer = setTimeout(call, Math.min(delayMs, timerMsMax))
      return () => clearTimeout(timer)
    },
    soon: (call) => globals.queueMicrotask(call),
    random: () => Math.random(),
    open(url, subprotocols) {
      const Socket = WebSocket ?? globals.WebSocket
      if (Socket === undefined) throw new Error("There is no WebSocket here. On Node 20 hand one in: import { WebSocket } from 'ws'.")
      return new Socket(url, subprotocols)
    },
    watchPage: (listener) => watchPage(globals, listener),
    report(error) {
      if (globals.reportError) globals.reportError(error)
      else
        globals.queueMicrotask(() => {
          throw error
        })
    },
    aborter: () => new globals.AbortController(),
    subOf: (token) => subIn(token, globals),
  }
}

function watchPage(globals: Globals, listener: (event: PageEvent) => void): () => void {
  const { document } = globals
  const stops: (() => void)[] = []
  const listen = (source: EventSource | undefined, type: string, event = (): PageEvent => type as PageEvent): void => {
    const call = (): void => listener(event())
    source?.addEventListener(type, call)
    stops.push(() => source?.removeEventListener(type, call))
  }
  const visibility = (): PageEvent => (document?.visibilityState === 'hidden' ? 'hidden' : 'visible')
  listen(document, 'visibilitychange', visibility)
  listen(document, 'resume')
  const window = document && globals.addEventListener ? (globals as EventSource) : undefined
  for (const type of ['pagehide', 'pageshow', 'online', 'offline']) listen(window, type)
  if (visibility() === 'hidden') listener('hidden')
  return () => stops.forEach((stop) => stop())
}

/** Only to notice that somebody else has logged in: the server alone verifies tokens. */
function subIn(token: string, { atob }: Globals): string | undefined {
  try {
    const claims: unknown = JSON.parse(atob!(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')))
    return String((claims as { sub: unknown }).sub)
  } catch {
    return undefined
  }
}
