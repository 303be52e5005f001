import type { ClientEvents, ClientState, LinkEnd, TokenAsk } from './api.js'
import type { SluiceError } from './sluice-error.js'

/** The phases of the link between a client and its server, in the order of the columns of `link-table.ts`. */
export const linkPhases = ['idle', 'asking', 'opening', 'live', 'waiting', 'paused', 'closed'] as const
export type LinkPhase = (typeof linkPhases)[number]

/**
 * `idle`: nobody wants it. `asking`: for a token. `opening`: the server's first message is to come. `waiting`: until the next try. `paused`: the
 * page cannot be seen. `closed`: for good, the only phase without a way out.
 */
export interface Link {
  readonly at: LinkPhase
  /** What users see of it. */
  readonly shown: ClientState
  /** Connections in a row that have not held. */
  readonly failures: number
  /** What the link waits for, and until when. */
  readonly alarms: Alarms
  /** The token of this connection, and whose it is where that can be read. */
  readonly token?: string | undefined
  readonly sub?: string | undefined
  /** The token that the server said has expired. */
  readonly spent?: string | undefined
  /** How long the server asked to stay away, should it close. */
  readonly floorMs: number
  /** Of a waiting link: whatever the page says, not before this. */
  readonly notBeforeMs: number
  /** Of a live link: since when, and what its server can. */
  readonly sinceMs: number
  readonly features: readonly string[]
  /** The ping that is to be answered. A second one follows where the clock was late. */
  readonly ping?: { readonly ref: number; readonly isSecond: boolean } | undefined
  /** Whatever the server says, no new token is asked for before this. */
  readonly renewFromMs: number
  /** The token that was sent to take the place of the one that stands; empty while it is asked for. */
  readonly renewal?: string | undefined
}

/**
 * `stale`: what is shown is not right any more, as a connection is not replaced in time. `answer`: the server does not answer. `silence`: nothing
 * was heard of it. `renew`: the token ends. `leave`: to another server, as this one goes. `retry`: the wait is over.
 */
export type AlarmName = 'stale' | 'answer' | 'silence' | 'renew' | 'leave' | 'retry'
export type Alarms = { readonly [A in AlarmName]?: number | undefined }

/** What a server can and allows. */
export interface Greeting {
  readonly features: readonly string[]
  readonly limits: unknown
}

interface LinkEvents extends Record<AlarmName, { readonly isLate: boolean }> {
  /** Somebody has subscribed. */
  wanted: object
  /** Nobody is left. */
  unwanted: object
  close: object
  token: { readonly token: string; readonly sub: string | undefined }
  /** There is no token, no address or no socket. */
  failed: { readonly error: SluiceError }
  established: Greeting & { readonly expiresInMs: number }
  /** A frame came, whatever is in it; or the answer to a ping. */
  heard: { readonly pong?: unknown }
  ended: LinkEnd
  /** The server does not keep to the protocol. */
  broken: object
  /** The page goes out of sight. */
  hide: object
  /** It comes back into it. */
  show: object
  /** The system says so, which is a hint and no more: behind a VPN it is often wrong. */
  online: object
  /** The system says that the page is offline; or the clock jumped: the machine slept, or the page was frozen. */
  doubt: object
  move: { readonly withinMs: number }
  stay_away: { readonly floorMs: number }
  expiring: object
  authenticated: { readonly expiresInMs: number }
  unauthenticated: { readonly error: SluiceError; readonly floorMs: number }
}
export type LinkEventType = keyof LinkEvents
export type LinkEvent<E extends LinkEventType = LinkEventType> = { [T in E]: { readonly type: T } & LinkEvents[T] }[E]

export interface LinkEffects {
  ask: TokenAsk['reason']
  /** With this token. */
  open: string
  /** The socket, of which nothing more is heard. */
  drop: undefined
  send: object
  /** Subscriptions may be asked for: of a server that has just said this of itself, or of one that stands, by other rights. */
  up: Greeting | undefined
  /** No subscription stands any more. */
  down: undefined
  /** What is shown may not be so any more. */
  stale: undefined
  /** What is shown must not be shown any more. */
  forget: undefined
  over: SluiceError | undefined
  error: SluiceError
  token_renewed: ClientEvents['token_renewed']
}
export type LinkEffect = { [E in keyof LinkEffects]: readonly [E, LinkEffects[E]?] }[keyof LinkEffects]

/** What becomes of a link, and what is to be done for that, in this order. */
export type Step = readonly [Link, ...LinkEffect[]]

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
  /** The user may forbid to come back. */
  readonly mayReturn: (end: LinkEnd) => boolean
}

export const idleLink: Link = {
  at: 'idle',
  shown: { status: 'idle' },
  failures: 0,
  alarms: {},
  floorMs: 0,
  notBeforeMs: 0,
  sinceMs: 0,
  renewFromMs: 0,
  features: [],
}
