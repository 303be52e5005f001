import type { ClientEvents, Unsubscribe } from './api.js'
import { unsubscribeBy } from './listening.js'
import type { Turns } from './turns.js'

export interface Events {
  readonly on: <E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void) => Unsubscribe
  readonly tell: <E extends keyof ClientEvents>(event: E, value: ClientEvents[E]) => void
}

/** What a client tells of itself, in turn with what it tells of entities. */
export function makeEvents(turns: Turns): Events {
  const all = new Set<readonly [string, (value: never) => void]>()
  return {
    on(event, listener) {
      const entry = [event, listener] as const
      all.add(entry)
      return unsubscribeBy(() => all.delete(entry))
    },
    tell(event, value) {
      turns.add(() => {
        for (const [name, listener] of [...all]) if (name === event) turns.guard(() => listener(value as never))
      })
    },
  }
}
