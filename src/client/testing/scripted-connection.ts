import type { ServerMessage, UpdateMessage } from '#protocol/message.js'
import type {
  ScriptedCollectionSubscription,
  ScriptedGreeting,
  ScriptedRequest,
  ScriptedSubscription,
  SeenConnection,
} from './script-api.js'
import type { ScriptedCollection } from './scripted-collection.js'
import { ScriptedCollections, type CollectionRequest } from './scripted-collections.js'
import { failure, type About } from './scripted-failure.js'
import type { ScriptedSocket } from './scripted-socket.js'
import { keyOf, noneCursor, type ScriptedTable, type ToldVersion } from './scripted-table.js'

type Asked = ScriptedRequest & About

/** Why tokens are refused now; undefined where they are good. */
type TokenRefusal = () => string | undefined

/** What the seed's protocol has of each message; others are not sent to a client that speaks it. */
const seedMembers: Readonly<Record<string, readonly string[]>> = {
  connection_established: ['type', 'client_id', 'message'],
  subscription_success: ['type', 'entity_id'],
  unsubscription_success: ['type', 'entity_id'],
  entity_update: ['type', 'entity_id', 'entity_type', 'operation', 'data'],
  error: ['type', 'message'],
}

/** A connection as the server has it: what it is asked, and its answers, which are those of the gateway. */
export class ScriptedConnection implements SeenConnection {
  readonly requests: ScriptedRequest[] = []
  readonly frames: string[] = []
  private readonly asked = new Map<string, ScriptedSubscription>()
  private readonly collectionsAsked: ScriptedCollections

  constructor(
    readonly socket: ScriptedSocket,
    private readonly table: ScriptedTable,
    private readonly greeting: ScriptedGreeting,
    private readonly refusal: TokenRefusal,
  ) {
    this.collectionsAsked = new ScriptedCollections(table, greeting.limits.collections ?? 0)
  }

  get clientId(): string {
    return decodeURIComponent(/\/ws\/([^/?]*)/.exec(this.socket.url)?.[1] ?? '')
  }

  get token(): string {
    const { offered, url } = this.socket
    const entry = offered.find((one) => one.startsWith('bearer.'))
    return entry?.slice('bearer.'.length) ?? decodeURIComponent(/[?&]access_token=([^&]*)/.exec(url)?.[1] ?? '')
  }

  get isOpen(): boolean {
    return this.socket.isOpen
  }

  get subscriptions(): readonly ScriptedSubscription[] {
    return [...this.asked.values()]
  }

  get collections(): readonly ScriptedCollectionSubscription[] {
    return this.collectionsAsked.all
  }

  greet(): void {
    this.tell([
      { type: 'connection_established', client_id: this.clientId, message: 'Connected to the script', ...greetingOf(this.greeting) },
    ])
  }

  receive(text: string): void {
    this.frames.push(text)
    const frame = JSON.parse(text) as ScriptedRequest
    const { type, subscriptions } = frame
    const requests = Array.isArray(subscriptions) ? (subscriptions as object[]).map((one) => ({ ...one, type })) : [frame]
    this.requests.push(...requests)
    this.tell(requests.flatMap((request) => this.answersTo(request)))
  }

  tellUpdate(told: ToldVersion): void {
    this.tellEntity(told)
    this.tell(this.collectionsAsked.update(told))
  }

  /** Where nothing was shown, collections are sent anew. */
  tellAllowed(entityType: string, all: readonly ToldVersion[]): void {
    for (const told of all) this.tellEntity(told)
    this.tellSnapshots(entityType, (collection) => collection.isLost)
  }

  tellGap(entity_type: string, entity_id: string, missed: number): void {
    if (this.isAbout(entity_type, entity_id)) this.tell([{ type: 'gap', entity_id, entity_type, missed }])
    this.tell(this.collectionsAsked.gap(entity_type, entity_id, missed))
  }

  tellSnapshots(entityType: string, isMeant?: (collection: ScriptedCollection) => boolean): void {
    this.tell(this.collectionsAsked.snapshots(entityType, isMeant))
  }

  endCollections(entityType: string): void {
    this.tell(this.collectionsAsked.end(entityType))
  }

  /** Which subscriptions show nothing any more. */
  tellForbidden(entityType: string): void {
    const concerned = this.subscriptions.filter((one) => one.entityType === entityType)
    this.tell(concerned.map((one) => failure('forbidden', { entity_id: one.entityId, entity_type: entityType })))
    this.tell(this.collectionsAsked.forbidden(entityType))
  }

  /** In one frame, or one each, as the client has asked for. Members of the seed's protocol alone where it has not. */
  tell(messages: readonly ServerMessage[]): void {
    const { protocol } = this.socket
    this.send(protocol === '' ? messages.flatMap(seedForm) : messages)
  }

  /** As `tell`, whatever it is. */
  send(messages: readonly object[]): void {
    const { socket } = this
    if (messages.length === 0) return
    if (socket.protocol === 'sluice.v1.batch') return socket.receive(JSON.stringify(messages))
    for (const message of messages) socket.receive(JSON.stringify(message))
  }

  private answersTo(request: ScriptedRequest): ServerMessage[] {
    const isSeed = this.socket.protocol === ''
    const asked = request as Asked
    if (!isSeed && request.type === 'subscribe' && request['where'] !== undefined)
      return this.collectionsAsked.subscribe(request as unknown as CollectionRequest)
    if (!isSeed && request.type === 'unsubscribe' && typeof request['subscription'] === 'string')
      return [this.collectionsAsked.unsubscribe(request['subscription'], asked.ref)]
    if (request.type === 'subscribe') return this.subscribe(isSeed ? { entity_id: asked.entity_id } : asked)
    if (request.type === 'unsubscribe') return [this.unsubscribe(isSeed ? { entity_id: asked.entity_id } : asked)]
    if (request.type === 'ping' && !isSeed) return [{ type: 'pong', ref: asked.ref }]
    if (request.type === 'authenticate' && !isSeed) return [this.authenticate(asked.ref)]
    return [failure('type_unknown', { entity_id: asked.entity_id, ref: asked.ref })]
  }

  private subscribe({ entity_id, entity_type, ref, since, snapshot }: Asked): ServerMessage[] {
    const about = { entity_id, entity_type, ref }
    const key = keyOf(entity_type ?? '', entity_id)
    const isNew = !this.asked.has(key)
    if (isNew && this.table.isForbidden(entity_type)) return [failure('forbidden', about)]
    if (isNew && this.asked.size >= this.greeting.limits.subscriptions) return [failure('too_many_subscriptions', about)]
    this.asked.set(key, { entityType: entity_type, entityId: entity_id })
    const success = { type: 'subscription_success', ...about } as const
    if (typeof since === 'string' && entity_type !== undefined) return this.resume(success, entity_type, since)
    if (snapshot === true) return [success, ...this.snapshotOf(about)]
    return [{ ...success, cursor: entity_type === undefined ? undefined : this.table.cursorOf(entity_type, entity_id) }]
  }

  private resume(success: Success, entityType: string, since: string): ServerMessage[] {
    const { entity_id, ref } = success
    const later = this.table.since(entityType, entity_id, since)
    if (later !== undefined) return [{ ...success, resumed: true, cursor: since }, ...later.map(updateOf)]
    const reason = since === 'none' ? 'none' : 'expired'
    const snapshot = this.snapshotOf({ entity_id, entity_type: entityType, ref })
    // Nobody is left with what is not there any more.
    const gone = snapshot.length > 1 ? [] : [goneUpdate(entityType, entity_id)]
    return [{ ...success, resumed: false, reason }, ...gone, ...snapshot]
  }

  private snapshotOf({ entity_id, entity_type, ref }: About): ServerMessage[] {
    const latest = this.table.latest(entity_type, entity_id)
    const cursor = entity_type === undefined ? undefined : this.table.cursorOf(entity_type, entity_id)
    const complete = { type: 'snapshot_complete', entity_id, entity_type, ref, count: latest.length, cursor } as const
    return [...latest.map((told) => ({ ...updateOf(told), operation: 'snapshot' })), complete]
  }

  private unsubscribe({ entity_id, entity_type, ref }: Asked): ServerMessage {
    const about = { entity_id, entity_type, ref }
    const wasThere = this.asked.delete(keyOf(entity_type ?? '', entity_id))
    return wasThere ? { type: 'unsubscription_success', ...about } : failure('not_subscribed', about)
  }

  private authenticate(ref: Asked['ref']): ServerMessage {
    const code = this.refusal()
    if (code !== undefined) return failure(code, { ref })
    return { type: 'authenticated', ref, token_expires_in_s: this.greeting.token_expires_in_s }
  }

  private tellEntity(told: ToldVersion): void {
    if (this.isAbout(told.entityType, told.entityId)) this.tell([updateOf(told)])
  }

  private isAbout(entityType: string, entityId: string): boolean {
    return this.asked.has(keyOf(entityType, entityId)) || this.asked.has(keyOf('', entityId))
  }
}

type Success = Extract<ServerMessage, { type: 'subscription_success'; entity_id: string }>

function greetingOf({ features, ...rest }: ScriptedGreeting): Omit<ScriptedGreeting, 'features'> & { features: string[] } {
  return { features: [...features], ...rest }
}

function updateOf({ entityType, entityId, operation, version }: ToldVersion): UpdateMessage {
  const { data, cursor, timestamp } = version
  if (operation === 'delete') return { ...goneUpdate(entityType, entityId), timestamp }
  const shown = data as Record<string, unknown>
  return { type: 'entity_update', entity_id: entityId, entity_type: entityType, operation, data: shown, timestamp, cursor }
}

function goneUpdate(entity_type: string, entity_id: string): UpdateMessage {
  return { type: 'entity_update', entity_id, entity_type, operation: 'delete', data: {}, cursor: noneCursor }
}

function seedForm(message: ServerMessage): ServerMessage[] {
  const names = seedMembers[message.type]
  if (names === undefined || ('operation' in message && message.operation === 'snapshot')) return []
  return [Object.fromEntries(Object.entries(message).filter(([name]) => names.includes(name))) as ServerMessage]
}
