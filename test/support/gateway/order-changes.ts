import { orderOf, type OrderChange } from '../values/streamed-order.js'

export interface ChangesOptions {
  readonly ids: readonly string[]
  /** How often each order is created and deleted. */
  readonly lives: number
  /** Of all orders together in each life, the first ones of each order in turn. */
  readonly updates: number
  readonly seed: number
}

/** Phases, each of one operation: in the layout with three topics a phase is written when the one before has arrived. */
export function orderChanges({ ids, lives, updates, seed }: ChangesOptions): OrderChange[][] {
  const random = randomOf(seed)
  const startMs = Date.now() - 60_000 // Behind the clock, so that no change seems to come from the future.
  let version = 0
  const change = (entityId: string, operation: OrderChange['operation'], hasData = true): OrderChange => {
    version++
    return { entityId, operation, timestampMs: startMs + version, order: hasData ? orderOf(entityId, version, random) : null }
  }
  return Array.from({ length: lives }, () => [
    ids.map((id) => change(id, 'create')),
    Array.from({ length: updates }, (_, n) => change(ids[n] ?? ids[Math.floor(random() * ids.length)]!, 'update')),
    ids.map((id) => change(id, 'delete', random() < 0.5)),
  ]).flat()
}

/** Mulberry32: from 0 up to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
