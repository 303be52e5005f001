/**
 * What users of the library see, as types alone. They import nothing from other rooms, so that they compile in any project: without DOM or
 * Node typings, with TypeScript's lib of ES2022. A test holds the names in them equal to the protocol's.
 */
import type { EndName } from './failure-codes.js'
import type { SluiceError } from './sluice-error.js'

/** Ends a subscription. To be called (React, Svelte, Vue), or by `unsubscribe` (rxjs); at run time also by `using`. Once is enough. */
export interface Unsubscribe {
  (): void
  readonly unsubscribe: () => void
}

export interface Observer<T> {
  next(value: T): void
  /** Nothing follows. */
  error(error: SluiceError): void
  /** Nothing follows, as the client was closed. */
  complete(): void
}

export type Listener<T> = ((value: T) => void) | Partial<Observer<T>>

/**
 * A value that changes. Fits React's `useSyncExternalStore(s.subscribe, s.getSnapshot, s.getServerSnapshot)`, Svelte's `$store`, and by a line
 * Vue, signals and rxjs' `from(store)`. All members are bound. Iterating gives the latest value and leaves out those in between.
 */
export interface Store<T> extends AsyncIterable<T> {
  /** Calls at once with the value there is, then at each change. */
  readonly subscribe: (listener: Listener<T>) => Unsubscribe
  /** The same object until something has changed. */
  readonly getSnapshot: () => T
  /** Always the same: what there is before anything is known. */
  readonly getServerSnapshot: () => T
}

export interface ClientOptions {
  /** A token (a JWT), or how to get one: asked before each connection and ahead of its end, one call at a time. */
  readonly token: string | ((ask: TokenAsk) => string | Promise<string>)
  /** By default random and kept in memory alone: of two tabs with one id the second would put the first out. */
  readonly clientId?: string | undefined
  /** Default `globalThis.WebSocket`. For Node 20: `import { WebSocket } from 'ws'`. */
  readonly WebSocket?: (new (url: string, protocols: string[]) => SocketLike) | undefined
  /** How frames are read; default `JSON.parse`, which rounds integers beyond 2^53. */
  readonly parse?: ((text: string) => unknown) | undefined
  /** `pause` closes after 60 s of a hidden tab and goes on when it is seen again. Default `stay`. */
  readonly whenHidden?: 'stay' | 'pause' | undefined
  /** `leastMs` (500) doubles with each failure up to `mostMs` (30,000), until a connection has held for `steadyMs` (30,000). */
  readonly backoff?: { readonly leastMs?: number; readonly mostMs?: number; readonly steadyMs?: number } | undefined
  /** How long a subscription without subscribers is kept. Default 1000. */
  readonly lingerMs?: number | undefined
  /** May only forbid: what is final stays final. */
  readonly shouldReconnect?: ((end: LinkEnd) => boolean) | undefined
}

export interface TokenAsk {
  readonly reason: 'connect' | 'expiring' | 'expired'
  /** Aborted when the answer is not waited for any more. */
  readonly signal: SignalLike
}

export type ClientState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number }
  /** @property since milliseconds since the epoch */
  | { readonly status: 'live'; readonly since: number }
  | { readonly status: 'waiting'; readonly retryAt: number; readonly end: LinkEnd; readonly attempt: number }
  /** The page cannot be seen; nothing is lost that can be resumed. */
  | { readonly status: 'paused' }
  /** For good. */
  | { readonly status: 'closed'; readonly error: SluiceError | undefined }

/** How a connection came to its end. */
export interface LinkEnd {
  /** The WebSocket's close code; 0 where there was no socket, as there was no token. */
  readonly code: number
  readonly name: EndName
  readonly reason: string
}

export interface SubscribeOptions {
  /** Ends it, as an `AbortController` says. */
  readonly signal?: SignalLike | undefined
  /** Goes on where another subscription ended, over a reload say. */
  readonly since?: Cursor | null | undefined
  /** Whether the first change is how the entity is now. */
  readonly snapshot?: boolean | undefined
  /** At most so many updates a second, the latest at the end. Of several subscriptions to an entity the highest counts. */
  readonly maxHz?: number | undefined
  /** What becomes of updates that come too fast: see the protocol. Of several subscriptions to an entity `close` counts. */
  readonly onSlow?: 'conflate' | 'close' | undefined
  /** Changes kept for an iterator that lags behind. Beyond it the oldest go, and the next says `missed`. Default 1024. */
  readonly queueMax?: number | undefined
}

export type EntityOptions = Pick<SubscribeOptions, 'maxHz' | 'onSlow'>

/** Which version of an entity is known. Opaque. */
export type Cursor = string & { readonly cursor: 'sluice' }

export interface Subscription<C> extends AsyncIterable<C> {
  /** Begins at once, as iterating does. At run time also by `Symbol.observable`, so that rxjs' `from` takes it. */
  subscribe(listener: Listener<C>): Unsubscribe
  /** Resolves once the server has taken it, with `snapshot` once how it is was told; rejects with why not. */
  readonly ready: Promise<void>
  /** Behind the last change that was taken. */
  readonly cursor: Cursor | undefined
}

export type Change<Types, T extends NameOf<Types> = NameOf<Types>> = {
  readonly [N in T]: {
    readonly entityType: N
    readonly entityId: string
    /** When it changed, as ISO 8601. */
    readonly timestamp: string | undefined
    readonly cursor: Cursor | undefined
    /** Set where something before this could not be delivered. */
    readonly missed: Missed | undefined
  } & (
    | { readonly operation: 'create' | 'update' | 'snapshot'; readonly data: Readonly<Types[N]> }
    /** It is gone, or today's rights show nothing of it. */
    | { readonly operation: 'delete'; readonly data: undefined }
  )
}[T]

export interface Missed {
  /**
   * `not_resumed`: the connection was lost, and the server does not know what came meanwhile. `slow`: the connection was too slow.
   * `queue_full`: the iterator was. `too_large`: an update does not fit into a frame. `rights`: what waited may not be seen any more.
   */
  readonly because: 'not_resumed' | 'slow' | 'queue_full' | 'too_large' | 'rights'
  /** How many changes, where that is known. */
  readonly count: number | undefined
}

export type EntityState<D> =
  /** Nothing is known yet. */
  | { readonly status: 'waiting'; readonly data: undefined }
  /** `stale`: it was so at `timestamp`, and what came since then is not known. */
  | {
      readonly status: 'live' | 'stale'
      readonly data: Readonly<D>
      readonly timestamp: string | undefined
      readonly missed: Missed | undefined
    }
  /** There is none, or today's rights show nothing of it; it may come back. */
  | { readonly status: 'absent'; readonly data: undefined; readonly missed: Missed | undefined }
  | { readonly status: 'failed'; readonly data: undefined; readonly error: SluiceError }

export interface CollectionOptions extends EntityOptions {
  /** Which of them: conditions on fields, as in policies; a field that the user may not see is missing. Default `{}`: all. */
  readonly where?: object | undefined
  /** What is shown of each: paths and patterns of fields. Default: all that the user may see. */
  readonly fields?: readonly string[] | undefined
}

export type CollectionState<D> =
  /** `waiting`: not all of them have been told yet. `stale`: so it was, and what came since then is not known. */
  | {
      readonly status: 'waiting' | 'live' | 'stale'
      /** By the entity's id. Another map after each change, in which what has not changed is the same object. */
      readonly rows: ReadonlyMap<string, Readonly<D>>
      readonly missed: Missed | undefined
    }
  /** It is asked for again with the next connection or token, otherwise after a while. */
  | { readonly status: 'failed'; readonly rows: ReadonlyMap<string, Readonly<D>>; readonly error: SluiceError }

export type ChangesOptions = Pick<SubscribeOptions, 'signal' | 'queueMax'>

export interface Collection<Types, T extends NameOf<Types> = NameOf<Types>> extends Store<CollectionState<Types[T]>> {
  /** Each change by itself, what there is first. What enters is a create or an update, what leaves is a delete. Queues are longer: 16,384. */
  readonly changes: (options?: ChangesOptions) => Subscription<Change<Types, T>>
}

export interface ClientEvents {
  /** A subscription goes on after the connection was lost; without a gap, or with one and the reason for it. */
  readonly resumed: {
    readonly entityType: string | undefined
    readonly entityId: string
    readonly resumed: boolean
    readonly reason: string | undefined
  }
  readonly error: SluiceError
  /** Told once: a number had more digits than JavaScript's have. */
  readonly digits_lost: { readonly entityType: string; readonly path: string }
  /** @property expiresAt milliseconds since the epoch */
  readonly token_renewed: { readonly expiresAt: number }
}

export type NameOf<Types> = Extract<keyof Types, string>

/** `AbortSignal`, of which only this is needed. */
export interface SignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** As the WebSockets of DOM, Node and ws are, each of which has types of its own for its events. */
export interface SocketLike {
  readonly protocol: string
  send(text: string): void
  close(code?: number, reason?: string): void
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Nothing else is what each of them hands to a listener.
  addEventListener(type: string, listener: (event: any) => void): void
}
