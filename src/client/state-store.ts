import type { EntityOptions, Missed, Store } from './api.js'
import { makeShownRows } from './shown-rows.js'
import { closedError, type SluiceError } from './sluice-error.js'
import { missedWith, type AnyChange, type Subscriber } from './subscriber.js'
import type { Turns } from './turns.js'
import { makeValue } from './value.js'

type Status = 'waiting' | 'live' | 'stale'

/** What a store shows of what its subscription has told. */
export interface View<State> {
  readonly waiting: State
  /** Whether each change tells all that there is. */
  readonly isOfOne: boolean
  /** What is kept of an entity that is there. */
  readonly rowOf: (change: AnyChange) => unknown
  readonly show: (status: Status, rows: ReadonlyMap<string, unknown>, missed: Missed | undefined) => State
  readonly failed: (error: SluiceError) => State
}

export interface StoreParts {
  readonly type: string
  readonly wishes: EntityOptions
  readonly turns: Turns
  /** When somebody listens. Answers what to do when nobody does any more. */
  readonly join: (subscriber: Subscriber) => () => void
}

/** What there is, for all who listen. As long as nothing changes its state is the same object. */
export function makeStateStore<State>(view: View<State>, { type, wishes, turns, join }: StoreParts): Store<State> {
  const { waiting, isOfOne, rowOf, show, failed } = view
  const { isEmpty, take, clear, shown } = makeShownRows(rowOf)
  let status: Status | 'failed' = 'waiting'
  /** What the listeners have not been told yet. */
  let missed: Missed | undefined
  let leave: () => void
  const hooks = { first: () => (leave = join(subscriber)), last: () => leave(), told: () => (missed = undefined) }
  const { store, set, later, end } = makeValue(waiting, turns, hooks)
  const showAgain = unlessSame(show)
  const become = (now: Status): void => {
    status = now
    later((last) => showAgain(last, now, shown(), missed))
  }
  const empty = (now: typeof status, state: State): void => {
    clear()
    status = now
    set(state)
  }
  const fail = (error: SluiceError): void => empty('failed', failed(error))
  const subscriber: Subscriber = {
    ...{ type, wishes, awaits: true },
    take(change) {
      if (take(change) || missed) become(isOfOne ? 'live' : status === 'failed' ? 'waiting' : status)
    },
    miss: (more) => (missed = missedWith(missed, more)),
    fresh(isFresh) {
      const isAbsent = isOfOne && isEmpty()
      if (status === (isFresh ? 'stale' : 'live') && !isAbsent) become(isFresh ? 'live' : 'stale')
    },
    settle(error) {
      if (error) fail(error)
      else if (status !== 'live') become('live')
    },
    forget: () => empty('waiting', waiting),
    end(error) {
      subscriber.awaits = true
      fail(error ?? closedError())
      if (error === undefined) end()
      return true
    },
  }
  return store
}

/** Made of the same as the last time, it is the last one. */
function unlessSame<State, Parts extends readonly unknown[]>(show: (...parts: Parts) => State): (last: State, ...parts: Parts) => State {
  let made: readonly unknown[] = []
  let state: State
  return (last, ...parts) => {
    if (last !== state || parts.some((part, index) => part !== made[index])) state = show(...parts)
    made = parts
    return state
  }
}
