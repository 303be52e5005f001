import type { Clock } from '#clock.js'

type Taken = { readonly entities: number } | { readonly laterMs: number }

/** Work that goes through a table. */
export interface TableWork {
  /** Whether nothing is left to do, or whoever it is for has to call for it again. */
  readonly rests: boolean
  /** Goes through so many entities at most. Answers how many, or in how many milliseconds it may go on. */
  take(most: number): Taken
  /** It has thrown this, and is not asked again: it ends those for whom it is. Never throws. */
  fail(error: unknown): void
}

/** In one tick: reading and judging as many takes a millisecond or two, in which no record is delivered. */
const entitiesInTick = 400
/** After so many another work has its turn. */
const entitiesInTurn = 100

/** Takes all works forward by turns, some entities in each tick. Who is to lose something comes first. */
export class WorkRounds {
  private readonly urgent = new Set<TableWork>()
  private readonly usual = new Set<TableWork>()
  private readonly later = new Map<TableWork, () => void>()
  private isAwaited = false

  constructor(private readonly clock: Clock) {}

  add(work: TableWork, isUrgent = false): void {
    if (work.rests) return
    const all = isUrgent ? this.urgent : this.usual
    all.add(work)
    this.goOnSoon()
  }

  stop(): void {
    this.urgent.clear()
    this.usual.clear()
    for (const cancel of this.later.values()) cancel()
    this.later.clear()
  }

  private goOnSoon(): void {
    if (this.isAwaited || this.urgent.size + this.usual.size === 0) return
    this.isAwaited = true
    this.clock.nextTick(() => this.goOn())
  }

  private goOn(): void {
    this.isAwaited = false
    for (let left = entitiesInTick; left > 0;) {
      const all = this.urgent.size > 0 ? this.urgent : this.usual
      const [work] = all
      if (work === undefined) return
      all.delete(work)
      const taken = this.taken(work, Math.min(left, entitiesInTurn))
      if ('laterMs' in taken) this.wait(work, taken.laterMs)
      else if (!work.rests) all.add(work)
      // Beginning and ending cost something too.
      left -= 'entities' in taken ? Math.max(1, taken.entities) : 1
    }
    this.goOnSoon()
  }

  /** An error in one work ends that one, and the others have their turns. */
  private taken(work: TableWork, most: number): Taken {
    try {
      return work.take(most)
    } catch (error) {
      work.fail(error)
      return { entities: most }
    }
  }

  private wait(work: TableWork, ms: number): void {
    this.later.get(work)?.()
    const cancel = this.clock.after(ms, () => {
      this.later.delete(work)
      this.add(work)
    })
    this.later.set(work, cancel)
  }
}
