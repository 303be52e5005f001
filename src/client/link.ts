import type { ClientEvents, LinkEnd, TokenAsk } from './api.js'
import type { SluiceError } from './sluice-error.js'

/** The states of the link between a client and a server, in the order of the columns of `link-table.ts`. */
export const linkPhases = ['idle', 'asking', 'opening', 'live', 'waiting', 'paused', 'closed'] as const
export type LinkPhase = (typeof linkPhases)[number]

/** What is remembered from one socket to the next. */
interface Memory {
  /** Connections in a row that have not held. */
  readonly failures: number
  /** The token that the server said has expired. */
  readonly spent: string | undefined
  /** Whose token was the last one, where that can be read. */
  readonly sub: string | undefined
}

/** A connection is being replaced on purpose; until then the page counts as live. */
interface Replacing {
  readonly liveUntilMs: number | undefined
}

export type Link = Memory &
  (
    | { readonly at: 'idle' }
    /** Waits for a token. */
    | ({ readonly at: 'asking' } & Replacing)
    /** Waits for the server's first message. */
    | ({ readonly at: 'opening'; readonly token: string; readonly giveUpAtMs: number; readonly floorMs: number } & Replacing)
    | Live
    /** Until the next try. A server's wish is not undercut: not before `notBeforeMs`, whatever the page says. */
    | { readonly at: 'waiting'; readonly retryAtMs: number; readonly notBeforeMs: number; readonly end: LinkEnd }
    /** The page cannot be seen. */
    | { readonly at: 'paused' }
    /** For good: the only state without a way out. */
    | { readonly at: 'closed'; readonly error: SluiceError | undefined }
  )

export type Live = Memory & {
  readonly at: 'live'
  readonly token: string
  readonly sinceMs: number
  readonly canPing: boolean
  readonly canAuthenticate: boolean
  /** When the last frame came. */
  readonly heardAtMs: number
  /** The question whether anybody is there. A second one follows where the clock was late. */
  readonly ping: { readonly ref: number; readonly answerByMs: number; readonly isSecond: boolean } | undefined
  readonly renewAtMs: number
  /** The token that is asked for, or was sent and not been answered. */
  readonly renewal: 'asked' | { readonly token: string } | undefined
  /** When to go to another server, as this one leaves. */
  readonly moveAtMs: number
  /** How long this server asked to stay away, should it close. */
  readonly floorMs: number
}

export type LinkIn<P extends LinkPhase> = Extract<Link, { readonly at: P }>

export type LinkEvent =
  /** Somebody has subscribed, or nobody is left. */
  | { readonly type: 'wanted' | 'unwanted' }
  | { readonly type: 'close' }
  | { readonly type: 'token'; readonly token: string; readonly sub: string | undefined }
  /** There is no token, no address or no socket. */
  | { readonly type: 'failed'; readonly error: SluiceError }
  | ({ readonly type: 'established' } & Greeting)
  /** A frame came, whatever is in it; with the mark of the ping that it answers. */
  | { readonly type: 'heard'; readonly pong?: unknown }
  | { readonly type: 'ended'; readonly code: number; readonly reason: string; readonly mayReturn: boolean }
  /** The server does not keep to the protocol. */
  | { readonly type: 'broken'; readonly reason: string }
  /** @property lateMs by how much the clock was late */
  | { readonly type: 'timer'; readonly lateMs: number }
  /** The page goes out of sight, or comes back into it. */
  | { readonly type: 'hide' | 'show' }
  /** The system says so, which is a hint and no more: behind a VPN it is often wrong. */
  | { readonly type: 'online' | 'offline' }
  | { readonly type: 'move'; readonly withinMs: number }
  | { readonly type: 'stay_away'; readonly floorMs: number }
  | { readonly type: 'expiring' }
  | { readonly type: 'authenticated'; readonly expiresInMs: number }
  | { readonly type: 'unauthenticated'; readonly error: SluiceError; readonly floorMs: number }

export interface Greeting {
  readonly features: readonly string[]
  /** Infinity where it is not known. */
  readonly expiresInMs: number
}

export type LinkEventType = LinkEvent['type']
export type LinkEventOf<E extends LinkEventType> = LinkEvent & { readonly type: E }

/** What is to be done, in this order. */
export type LinkEffect =
  | { readonly type: 'ask'; readonly reason: TokenAsk['reason'] }
  | { readonly type: 'open'; readonly token: string }
  /** Closes the socket and hears nothing more of it. */
  | { readonly type: 'drop' }
  | { readonly type: 'send'; readonly request: object }
  /** Subscriptions may be asked for. */
  | { readonly type: 'up' }
  /** No subscription stands any more. */
  | { readonly type: 'down' }
  /** What is shown may not be so any more. */
  | { readonly type: 'stale' }
  /** What is shown must not be shown any more. */
  | { readonly type: 'forget' }
  | { readonly type: 'over'; readonly error: SluiceError | undefined }
  | { [E in keyof ClientEvents]: { readonly type: 'tell'; readonly event: E; readonly value: ClientEvents[E] } }[keyof ClientEvents]

export interface Moment {
  readonly nowMs: number
  /** From 0 up to 1, another one each time. */
  readonly chance: number
  readonly settings: LinkSettings
}

export interface LinkSettings {
  readonly leastMs: number
  readonly mostMs: number
  readonly steadyMs: number
}

export type Step = readonly [Link, ...LinkEffect[]]
