import { createCollection } from '@tanstack/db'
import type { NameOf, SluiceClient } from 'sluice-client'

/** The entities with these ids, of which the collection holds those that there are and that may be seen. */
export function entityCollection<Types extends object, T extends NameOf<Types>>(
  client: SluiceClient<Types>,
  type: T,
  ids: readonly string[],
) {
  return createCollection<Readonly<Types[T]> & { entityId: string }, string>({
    getKey: ({ entityId }) => entityId,
    sync: {
      // Each update is all that may be seen. Merged into the row it would keep what may not be seen any more.
      rowUpdateMode: 'full',
      sync({ begin, write, commit, markReady }) {
        const [known, awaited] = [new Set<string>(), new Set(ids)]
        const stops = ids.map((entityId) =>
          client.entity(type, entityId).subscribe(({ status, data }) => {
            begin()
            if (data) write({ type: known.has(entityId) ? 'update' : 'insert', value: { ...data, entityId } })
            else if (known.has(entityId)) write({ type: 'delete', key: entityId })
            void commit()
            if (data) known.add(entityId)
            else known.delete(entityId)
            if (status !== 'waiting') awaited.delete(entityId)
            if (awaited.size === 0) markReady()
          }),
        )
        return () => stops.forEach((stop) => stop())
      },
    },
  })
}
