import type { EntityOptions, EntityState, Missed } from './api.js'
import { closedError, type SluiceError } from './sluice-error.js'
import { missedWith, type AnyChange, type Subscriber, type Wishes } from './subscriber.js'
import type { Turns } from './turns.js'
import { Value } from './value.js'

type State = EntityState<unknown>

const waiting: State = { status: 'waiting', data: undefined }

/** The state of an entity, for all who listen to it. */
export class EntityStore implements Subscriber {
  readonly wishes: Wishes
  readonly value: Value<State>
  awaits = true
  /** What the listeners have not been told yet. */
  private missed: Missed | undefined
  private leave = (): void => undefined

  /** @param join when somebody listens; answers what to do when nobody does any more */
  constructor(
    readonly entityType: string,
    options: EntityOptions,
    turns: Turns,
    join: (store: EntityStore) => () => void,
  ) {
    this.wishes = { ...options, snapshot: true }
    this.value = new Value(waiting, turns, {
      first: () => {
        if (this.value.getSnapshot().status === 'failed') this.forget()
        this.leave = join(this)
      },
      last: () => this.leave(),
      told: () => (this.missed = undefined),
    })
  }

  take({ operation, data, timestamp, missed }: AnyChange): void {
    if (missed !== undefined) this.miss(missed)
    this.awaits = false
    this.value.set(operation === 'delete' ? this.absent() : { status: 'live', data, timestamp, missed: this.missed })
  }

  miss(missed: Missed): void {
    this.missed = missedWith(this.missed, missed)
  }

  fresh(isFresh: boolean): void {
    const state = this.value.getSnapshot()
    const [from, to] = isFresh ? (['stale', 'live'] as const) : (['live', 'stale'] as const)
    if (state.status === from) this.value.set({ ...state, status: to, missed: this.missed })
  }

  settle(): void {
    this.awaits = false
    if (this.value.getSnapshot().status === 'waiting') this.value.set(this.absent())
  }

  forget(): void {
    this.awaits = true
    this.value.set(waiting)
  }

  end(error: SluiceError | undefined): void {
    this.forget()
    this.value.set({ status: 'failed', data: undefined, error: error ?? closedError() })
    if (error === undefined) this.value.end()
  }

  begin(): void {
    // A store tells what is known, not what is asked for.
  }

  reach(): void {
    // Nor by which cursor.
  }

  private absent(): State {
    return { status: 'absent', data: undefined, missed: this.missed }
  }
}
