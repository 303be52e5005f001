import type { EntityOptions, EntityState, Missed, Store } from './api.js'
import { closedError } from './sluice-error.js'
import { missedWith, type Subscriber } from './subscriber.js'
import type { Turns } from './turns.js'
import { makeValue } from './value.js'

const waiting: EntityState<unknown> = { status: 'waiting', data: undefined }

/**
 * The state of an entity, for all who listen to it.
 * @param join when somebody listens; answers what to do when nobody does any more
 */
export function makeEntityStore(
  type: string,
  options: EntityOptions,
  turns: Turns,
  join: (subscriber: Subscriber) => () => void,
): Store<EntityState<unknown>> {
  /** What the listeners have not been told yet. */
  let missed: Missed | undefined
  let leave: () => void
  const { store, set, end } = makeValue(waiting, turns, {
    first: () => (leave = join(subscriber)),
    last: () => leave(),
    told: () => (missed = undefined),
  })
  const state = store.getSnapshot
  const absent = (): void => set({ status: 'absent', data: undefined, missed })
  const subscriber: Subscriber = {
    ...{ type, wishes: options, awaits: true },
    take({ operation, data, timestamp }) {
      if (operation === 'delete') absent()
      else set({ status: 'live', data, timestamp, missed })
    },
    miss: (more) => (missed = missedWith(missed, more)),
    fresh(isFresh) {
      const now = state()
      if (now.status === (isFresh ? 'stale' : 'live')) set({ ...now, status: isFresh ? 'live' : 'stale', missed })
    },
    settle() {
      // Nothing is, while it waits or has failed.
      const isTold = 'missed' in state()
      if (!isTold) absent()
    },
    forget: () => set(waiting),
    end(error) {
      subscriber.awaits = true
      set({ status: 'failed', data: undefined, error: error ?? closedError() })
      if (error === undefined) end()
      return true
    },
  }
  return store
}
