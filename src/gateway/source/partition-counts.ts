import type { Observable, Subscription } from 'rxjs'
import type { Clock } from '#clock.js'
import { topicsOf, type EntityDefinition } from '#entities.js'
import type { Log } from '#log.js'
import type { Partition } from './partition-source.js'

/** Partitions are counted when none was found for this time, in milliseconds: those of one topic are found within moments of each other. */
const settleMs = 2_000

/**
 * Warns of entities whose topics have different numbers of partitions: a key may lie in partition 3 of one topic and 5 of another, and a
 * node that lags in one of them sees the entity's operations far out of order.
 */
export function warnOfUnequalPartitions(
  partitions$: Observable<Partition>,
  types: { readonly all: () => readonly EntityDefinition[] },
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Subscription {
  const counts = new Map<string, number>()
  const warned = new Set<string>()
  let cancel: () => void = () => undefined
  const check = () => {
    for (const entity of types.all()) {
      const partitions = Object.fromEntries(
        topicsOf(entity).flatMap(({ topic }) => (counts.has(topic) ? [[topic, counts.get(topic)]] : [])),
      )
      const text = JSON.stringify(partitions)
      if (new Set(Object.values(partitions)).size < 2 || warned.has(text)) continue
      warned.add(text)
      log.warn({ entity_type: entity.name, partitions }, 'The topics of an entity type differ in their partition counts.')
    }
  }
  const counting = partitions$.subscribe(({ topic }) => {
    counts.set(topic, (counts.get(topic) ?? 0) + 1)
    cancel()
    cancel = clock.after(settleMs, check)
  })
  counting.add(() => cancel())
  return counting
}
