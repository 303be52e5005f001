import { effect, signal, type Signal } from '@preact/signals'
import { type Screen, view } from './address.js'
import { isPaused } from './pause.js'
import { ask, session } from './session.js'
import { whileSeen } from './surroundings.js'

/** An answer of the admin port, undefined until there is one, and how to ask for it out of turn. */
export interface Polled<T> {
  readonly answer: Signal<T | undefined>
  readonly refresh: () => void
}

const everyMs = 1000

/** Is asked for as soon as its screen is looked at, and again each second while it is; paused, until there is one. */
export function polled<T>(screen: Screen, path: () => string): Polled<T> {
  const answer = signal<T | undefined>(undefined)
  let isAsking = false
  const refresh = (): void => {
    if (isAsking || session.peek().status !== 'open') return
    isAsking = true
    // That the port does not answer is told by who asks for figures.
    void ask<T>(path())
      .then((its) => (answer.value = its))
      .catch(() => undefined)
      .finally(() => (isAsking = false))
  }
  const isLookedAt = (): boolean => view.value.screen === screen
  effect(() => {
    if (isLookedAt() && session.value.status === 'open') refresh()
  })
  whileSeen(everyMs, () => {
    if (isLookedAt() && (!isPaused.peek() || answer.peek() === undefined)) refresh()
  })
  return { answer, refresh }
}
