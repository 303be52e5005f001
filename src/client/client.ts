import type {
  Change,
  ClientEvents,
  ClientOptions,
  ClientState,
  Collection,
  CollectionOptions,
  EntityOptions,
  EntityState,
  NameOf,
  Store,
  SubscribeOptions,
  Subscription,
  Unsubscribe,
} from './api.js'
import { makeCollection, topicOf } from './collection.js'
import type { Dialect } from './dialect.js'
import type { Topic } from './hub.js'
import type { Destination } from './link-socket.js'
import { makeSession, type Session } from './session.js'
import { makeSubscription } from './subscription.js'
import { makeStateStore, type StoreParts } from './state-store.js'
import type { Subscriber } from './subscriber.js'
import type { Surroundings } from './surroundings.js'
import { entityView } from './views.js'
import { makeWeakTable } from './weak-table.js'

/**
 * A client of a Sluice server. To make one does nothing, and touches nothing of where it runs: the first subscription connects, the last one
 * that goes lets go.
 * @typeParam Types the entity types with their fields: `Entities` of `sluice types`
 */
export class Client<Types extends object = Record<string, unknown>> {
  readonly state: Store<ClientState>
  private readonly session: Session
  private readonly known = makeWeakTable<object>()

  /** @internal */
  constructor(destination: Destination, options: ClientOptions, dialect: Dialect, around: Surroundings) {
    this.session = makeSession(destination, options, dialect, around)
    this.state = this.session.state
  }

  /** As the server knows this client, together with who its token is of. */
  get clientId(): string {
    return this.session.clientId()
  }

  /** Connects, and stays so without any subscription. Resolves once there is a connection, rejects when there can be none. */
  connect(): Promise<void> {
    return this.session.connect()
  }

  /** For good: nothing revives it. What is open is completed. */
  close(): void {
    this.session.dispatch({ type: 'close' })
  }

  /** The changes of an entity. */
  subscribe<T extends NameOf<Types>>(entityType: T, entityId: string, options?: SubscribeOptions): Subscription<Change<Types, T>>
  /** Those of every type with this id that the user may read. */
  subscribe(entityId: string, options?: SubscribeOptions): Subscription<Change<Types>>
  subscribe(first: string, second?: string | SubscribeOptions, third?: SubscribeOptions): Subscription<never> {
    const { turns, join } = this.session
    const [type, id, wishes = {}] = typeof second === 'string' ? [first, second, third] : [undefined, first, second]
    const topic = { entity_id: id, entity_type: type }
    return makeSubscription({ type, wishes, turns, join: (stream) => join(topic, stream) }) as Subscription<never>
  }

  /** How an entity is, as a store: the same one for the same arguments. It is subscribed to while somebody listens. */
  entity<T extends NameOf<Types>>(entityType: T, entityId: string, options: EntityOptions = {}): Store<EntityState<Types[T]>> {
    const topic = { entity_id: entityId, entity_type: entityType }
    return this.storeOf(topic, options, (parts) => makeStateStore(entityView, parts)) as Store<EntityState<never>>
  }

  /** The entities of a type that pass a filter, as far as the user may see them, in the same way: as a store, and their changes. */
  collection<T extends NameOf<Types>>(entityType: T, options: CollectionOptions = {}): Collection<Types, T> {
    return this.storeOf(topicOf(entityType, options), options, makeCollection) as Collection<Types, T>
  }

  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): Unsubscribe {
    return this.session.on(event, listener)
  }

  private storeOf(topic: Topic, { maxHz, onSlow }: EntityOptions, make: (parts: StoreParts) => object): object {
    const { turns, join } = this.session
    const parts = { type: topic.entity_type!, wishes: { maxHz, onSlow }, turns, join: (subscriber: Subscriber) => join(topic, subscriber) }
    return this.known(JSON.stringify([topic, maxHz, onSlow]), () => make(parts))
  }
}
