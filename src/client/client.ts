import type {
  Change,
  ClientEvents,
  ClientOptions,
  ClientState,
  EntityOptions,
  EntityState,
  NameOf,
  Store,
  SubscribeOptions,
  Subscription,
  Unsubscribe,
} from './api.js'
import type { Dialect } from './dialect.js'
import { EntityStore } from './entity-store.js'
import { EntityStores } from './entity-stores.js'
import { EntitySubscription } from './entity-subscription.js'
import type { Destination } from './link-runner.js'
import { Session } from './session.js'
import type { Surroundings } from './surroundings.js'

/**
 * A client of a Sluice server. To make one does nothing, and touches nothing of where it runs: the first subscription connects, the last one
 * that goes lets go.
 * @typeParam Types the entity types with their fields: `Entities` of `sluice types`
 */
export class Client<Types extends object = Record<string, unknown>> {
  private readonly session: Session
  private readonly stores = new EntityStores()

  /** @internal */
  constructor(destination: Destination, options: ClientOptions, dialect: Dialect, surroundings: Surroundings) {
    this.session = new Session(destination, options, dialect, surroundings)
  }

  /** As the server knows this client, together with who its token is of. */
  get clientId(): string {
    return this.session.clientId
  }

  get state(): Store<ClientState> {
    return this.session.state
  }

  /** Connects, and stays so without any subscription. Resolves once there is a connection, rejects when there can be none. */
  connect(): Promise<void> {
    return this.session.connect()
  }

  /** For good: nothing revives it. What is open is completed. */
  close(): void {
    this.session.close()
  }

  /** The changes of an entity. */
  subscribe<T extends NameOf<Types>>(entityType: T, entityId: string, options?: SubscribeOptions): Subscription<Change<Types, T>>
  /** Those of every type with this id that the user may read. */
  subscribe(entityId: string, options?: SubscribeOptions): Subscription<Change<Types>>
  subscribe(first: string, second?: string | SubscribeOptions, third?: SubscribeOptions): Subscription<never> {
    const [entityType, entityId, options] = typeof second === 'string' ? [first, second, third] : [undefined, first, second]
    const { session } = this
    return new EntitySubscription(entityType, options ?? {}, session.turns, (stream) =>
      session.join(entityType, entityId, stream),
    ) as Subscription<never>
  }

  /** How an entity is, as a store: the same one for the same arguments. It is subscribed to while somebody listens. */
  entity<T extends NameOf<Types>>(entityType: T, entityId: string, options: EntityOptions = {}): Store<EntityState<Types[T]>> {
    const { session } = this
    const key = JSON.stringify([entityType, entityId, options.maxHz, options.onSlow])
    const store = this.stores.get(
      key,
      () => new EntityStore(entityType, options, session.turns, (one) => session.join(entityType, entityId, one)),
    )
    return store.value as Store<EntityState<never>>
  }

  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): Unsubscribe {
    return this.session.events.on(event, listener)
  }
}
