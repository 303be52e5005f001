import type { ClientEvents, Cursor, EntityOptions } from './api.js'
import type { ChannelPhase } from './channel-table.js'
import type { SluiceError } from './sluice-error.js'
import type { AnyChange, Subscriber } from './subscriber.js'
import type { Surroundings } from './surroundings.js'

/** All subscriptions of a client, and what its server is to be told of them. */
export interface Hub {
  readonly around: Surroundings
  readonly lingerMs: number
  /** Whether requests have a type and a mark that comes back, so that many may be under way. */
  readonly hasMarks: boolean
  /** By what they ask for. */
  readonly channels: Map<string, Channel>
  /** Collections by the ids that the server gives them. */
  readonly collections: Map<string, Channel>
  /** What is to be asked for, and what no more. */
  readonly asking: Set<Channel>
  readonly leaving: Set<Channel>
  /** Has what is asked for sent, once all that happens now is done. */
  readonly send: () => void
  readonly say: (text: string) => void
  readonly tell: <E extends keyof ClientEvents>(event: E, value: ClientEvents[E]) => void
  /** The first subscription, or none any more. */
  readonly want: (isWanted: boolean) => void
  /** The server does not do what it must. */
  readonly broken: () => void
  /** While there is a connection. */
  server?: Server | undefined
  /** Set when the client is closed. */
  ending?: { readonly error: SluiceError | undefined }
}

/** A server that is connected, and what it has been sent. */
export interface Server {
  readonly features: readonly string[]
  /** How many bytes it takes a second and in a frame, each of which counts as some more. */
  readonly secondBytes: number
  readonly frameBytes: number
  readonly extraBytes: number
  /** What it has yet to answer. */
  readonly owed: Map<number, Channel>
  lastRef: number
  /** Until when the allowance is used up, and when more is sent although not all is answered. */
  nextMs: number
  patientMs: number
  endWait?: () => void
}

/** What a subscription is to, as members of its request: an entity, of one type or of any; or the entities of a type that pass a filter. */
export interface Topic {
  readonly entity_id?: string
  readonly entity_type?: string | undefined
  readonly where?: object
  readonly fields?: readonly string[] | undefined
}

/** The one subscription of a client to an entity or a collection, whoever has subscribed to it here: a server knows one on a connection. */
export interface Channel {
  readonly topic: Topic
  readonly type: string | undefined
  /** Undefined of a collection. */
  readonly id: string | undefined
  /** A collection's id at the server, once it is known. */
  subscription?: string | undefined
  readonly subscribers: Set<Subscriber>
  phase: ChannelPhase
  /** What there is: the latest change of each entity of a collection by its id, or of each type that an entity's id stands for. */
  readonly rows: Map<string, AnyChange>
  /** What subscribers may show and the snapshot under way has not named yet. */
  readonly unnamed: Set<string>
  /** Why there is nothing of a collection. */
  error?: SluiceError | undefined
  /** Whether all that there is was told. */
  isKnown?: boolean
  /** Where a new connection goes on. */
  cursor?: Cursor | undefined
  /** Whether it has ever stood, and does so on this connection. */
  hasBegun?: boolean
  isStanding?: boolean
  /** Whether the server does not know the type's latest versions. */
  isPlain?: boolean
  /** Whether it was not granted when it was asked for last. */
  isRefused?: boolean
  /** How it is wished: as it was asked for last. */
  pace: EntityOptions
  /** What was asked for last: all that there is, or what came since then. */
  askedAll?: boolean | undefined
  askedSince?: Cursor | undefined
  /** Has left, and is kept for a moment. */
  last?: Subscriber | undefined
  endLinger?: () => void
  endRest?: () => void
}
