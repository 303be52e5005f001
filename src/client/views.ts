import type { CollectionState, EntityState } from './api.js'
import type { View } from './state-store.js'
import type { AnyChange } from './subscriber.js'

export const entityView: View<EntityState<unknown>> = {
  waiting: { status: 'waiting', data: undefined },
  isOfOne: true,
  rowOf: (change) => change,
  show(status, rows, missed) {
    const [row] = rows.values() as Iterable<AnyChange & { readonly data: object }>
    if (!row) return { status: 'absent', data: undefined, missed }
    return { status: status as 'live', data: row.data, timestamp: row.timestamp, missed }
  },
  failed: (error) => ({ status: 'failed', data: undefined, error }),
}

const nothing: ReadonlyMap<string, object> = new Map()

export const collectionView: View<CollectionState<object>> = {
  waiting: { status: 'waiting', rows: nothing, missed: undefined },
  isOfOne: false,
  rowOf: ({ data }) => data,
  show: (status, rows, missed) => ({ status, rows: rows as typeof nothing, missed }),
  failed: (error) => ({ status: 'failed', rows: nothing, error }),
}
