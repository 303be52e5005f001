/** What users of the script see beside the server itself. As in `api.ts`, these types import nothing from other rooms. */

/** What a server says of itself. */
export interface ScriptedGreeting {
  readonly node: string
  readonly features: readonly string[]
  readonly limits: {
    readonly subscriptions: number
    readonly frames_per_second: number
    readonly bytes_per_frame: number
    readonly frame_bytes: number
    readonly collections?: number
  }
  readonly token_expires_in_s: number
}

/** A client's request as it came, none of which is to be relied on. */
export interface ScriptedRequest {
  readonly [member: string]: unknown
  readonly type?: unknown
}

export interface ScriptedSubscription {
  readonly entityType: string | undefined
  readonly entityId: string
}

export interface ScriptedCollectionSubscription {
  readonly entityType: string
  /** As messages name it. */
  readonly subscription: string
}

/** A connection of a client, as the server has it. */
export interface SeenConnection {
  readonly clientId: string
  /** The one that it was made with. */
  readonly token: string
  readonly isOpen: boolean
  /** All that the client has sent on it, a text for each frame. */
  readonly frames: readonly string[]
  /** The same as requests, those in lists each by itself. */
  readonly requests: readonly ScriptedRequest[]
  /** Those that stand now. */
  readonly subscriptions: readonly ScriptedSubscription[]
  readonly collections: readonly ScriptedCollectionSubscription[]
}
