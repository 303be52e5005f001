import type { ClientOptions, SignalLike, SocketLike } from './api.js'
import { textIn } from './incoming.js'

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

interface Target {
  readonly visibilityState?: string
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** The globals of browsers, Node and others, each of which may be missing. */
interface Globals extends Target {
  readonly WebSocket?: ClientOptions['WebSocket']
  readonly document?: Target
  readonly atob: (text: string) => string
  readonly queueMicrotask: (call: () => void) => void
  readonly AbortController: new () => { readonly signal: SignalLike; abort(): void }
}

/** Longer timers would fire at once. */
const timerMsMax = 2_147_483_647

/** The only file that reads globals, and only when it is asked to: to import the library and to make a client touches none. */
export function systemSurroundings(WebSocket: ClientOptions['WebSocket']): Surroundings {
  const globals = globalThis as unknown as Globals
  let [readMs, nowMs] = [0, 0]
  const after = (delayMs: number, call: () => void): (() => void) => {
    const timer = setTimeout(call, Math.min(delayMs, timerMsMax))
    return () => clearTimeout(timer)
  }
  return {
    // A clock that is set back stands still for a moment. Unlike a monotonic one it shows that the machine slept.
    nowMs() {
      const now = Date.now()
      nowMs += Math.max(0, now - readMs)
      readMs = now
      return nowMs
    },
    after,
    soon: (call) => globals.queueMicrotask(call),
    random: () => Math.random(),
    open(url, subprotocols) {
      const Socket = WebSocket ?? globals.WebSocket
      if (!Socket) throw new Error('No WebSocket: on Node 20 hand in that of ws.')
      return new Socket(url, subprotocols)
    },
    watchPage: (listener) => watchPage(globals, listener),
    report(error) {
      after(0, () => {
        throw error
      })
    },
    aborter: () => new globals.AbortController(),
    // Only to notice that somebody else has logged in: the server alone verifies tokens.
    subOf(token) {
      try {
        return textIn((JSON.parse(globals.atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))) as { sub: unknown }).sub)
      } catch {
        return undefined
      }
    },
  }
}

function watchPage(globals: Globals, listener: (event: PageEvent) => void): () => void {
  const { document } = globals
  if (!document) return () => undefined
  const visibility = (): void => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible')
  const listeners = (['pagehide', 'pageshow', 'online', 'offline', 'resume'] as const).map(
    (type) => [type, (): void => listener(type)] as const,
  )
  const all = [['visibilitychange', visibility], ...listeners] as const
  const each = (change: 'addEventListener' | 'removeEventListener'): void => {
    for (const target of [globals, document]) for (const [type, call] of all) target[change]?.(type, call)
  }
  each('addEventListener')
  if (document.visibilityState === 'hidden') listener('hidden')
  return () => each('removeEventListener')
}
