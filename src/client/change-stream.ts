import type { Cursor, Missed, Observer, SignalLike } from './api.js'
import { PullQueue } from './pull-queue.js'
import { closedError, type SluiceError } from './sluice-error.js'
import { missedWith, type AnyChange, type Subscriber, type Wishes } from './subscriber.js'
import type { Turns } from './turns.js'

export interface StreamParts {
  readonly entityType: string | undefined
  readonly wishes: Wishes
  readonly turns: Turns
  readonly queueMax: number
  readonly signal: SignalLike | undefined
  /** Whom changes are handed to as they come; undefined where an iterator takes them. */
  readonly observer: Partial<Observer<AnyChange>> | undefined
  readonly began: (error?: SluiceError) => void
  readonly reached: (cursor: Cursor | undefined) => void
  readonly leave: (stream: ChangeStream) => void
}

/** The changes of an entity on their way to one observer, or to one iterator that may lag behind. */
export class ChangeStream implements Subscriber {
  readonly entityType: string | undefined
  readonly wishes: Wishes
  awaits: boolean
  readonly queue: PullQueue<AnyChange>
  private missed: Missed | undefined
  private isOver = false
  private error: SluiceError | undefined

  constructor(private readonly parts: StreamParts) {
    this.entityType = parts.entityType
    this.wishes = parts.wishes
    this.awaits = parts.wishes.snapshot === true && !parts.wishes.since
    this.queue = new PullQueue(({ cursor }) => parts.reached(cursor), this.stop)
    parts.signal?.addEventListener('abort', this.stop)
  }

  /** Its consumer wants no more. */
  readonly stop = (): void => {
    this.parts.leave(this)
    this.close()
    this.queue.end(undefined)
  }

  take(change: AnyChange): void {
    if (this.isOver) return
    const { items } = this.queue
    this.awaits = false
    if (this.parts.observer === undefined) this.purge(change)
    items.push(this.missed === undefined ? change : { ...change, missed: this.missed })
    this.missed = undefined
    if (this.parts.observer === undefined && items.length > this.parts.queueMax) this.dropOldest(items)
    this.parts.turns.add(this.tell)
  }

  miss(missed: Missed): void {
    this.missed = missedWith(this.missed, missed)
  }

  begin(): void {
    this.parts.began()
  }

  fresh(): void {
    // A stream tells changes, and that the link is lost is none.
  }

  settle(): void {
    this.awaits = false
    this.parts.began()
  }

  reach(cursor: Cursor): void {
    if (this.queue.items.length === 0) this.parts.reached(cursor)
  }

  forget(): void {
    this.awaits = true
    this.lose(this.queue.items.splice(0))
  }

  end(error: SluiceError | undefined): void {
    if (this.isOver) return
    this.error = error
    this.close()
    this.parts.began(error ?? closedError())
    this.parts.turns.add(this.tell)
  }

  private readonly tell = (): void => {
    const { parts, queue, error } = this
    const { observer, turns } = parts
    if (observer === undefined) {
      if (this.isOver) queue.end(error)
      return queue.serve()
    }
    for (let change; (change = queue.items.shift());) {
      const { cursor } = change
      turns.guard(() => observer.next?.(change))
      parts.reached(cursor)
    }
    if (this.isOver) turns.guard(() => (error === undefined ? observer.complete?.() : observer.error?.(error)))
  }

  private close(): void {
    this.isOver = true
    this.queue.items.length = 0
    this.parts.signal?.removeEventListener('abort', this.stop)
  }

  /** What waits and shows more than what is shown now, may not be seen any more. */
  private purge({ entityType, data }: AnyChange): void {
    const { items } = this.queue
    const last = items.findLast((item) => item.entityType === entityType)
    if (last === undefined || shows(data, last.data)) return
    this.lose(items.filter((item) => item.entityType === entityType))
    items.splice(0, Infinity, ...items.filter((item) => item.entityType !== entityType))
  }

  private lose(lost: readonly AnyChange[]): void {
    for (const { missed } of lost) if (missed !== undefined) this.miss(missed)
    if (lost.length > 0) this.miss({ because: 'rights', count: lost.length })
  }

  private dropOldest(items: AnyChange[]): void {
    const dropped = items.shift()!
    const missed = missedWith(dropped.missed, { because: 'queue_full', count: 1 })
    items[0] = { ...items[0]!, missed: items[0]!.missed === undefined ? missed : missedWith(missed, items[0]!.missed) }
  }
}

/** Whether each member that was shown still is. A value that is none any more, or another one, is no loss; a list may become shorter. */
function shows(now: unknown, before: unknown): boolean {
  if (typeof before !== 'object' || before === null) return true
  if (now === undefined) return false
  if (typeof now !== 'object' || now === null) return true
  return Object.entries(before).every(([name, value]) => (name in now ? shows(now[name as keyof typeof now], value) : Array.isArray(now)))
}
