import type { ClientEvents, Unsubscribe } from './api.js'
import { unsubscribeBy } from './listening.js'
import type { Turns } from './turns.js'

type EventName = keyof ClientEvents

/** What a client tells of itself, in turn with what it tells of entities. */
export class EventListeners {
  private readonly listeners = new Map<EventName, Set<(value: never) => void>>()

  constructor(private readonly turns: Turns) {}

  on<E extends EventName>(event: E, listener: (value: ClientEvents[E]) => void): Unsubscribe {
    const own = (value: ClientEvents[E]): void => listener(value)
    this.of(event).add(own)
    return unsubscribeBy(() => void this.of(event).delete(own))
  }

  tell<E extends EventName>(event: E, value: ClientEvents[E]): void {
    this.turns.add(() => {
      for (const listener of [...this.of(event)]) this.turns.guard(() => listener(value as never))
    })
  }

  private of(event: EventName): Set<(value: never) => void> {
    const known = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, known)
    return known
  }
}
