import { Collections } from '#gateway/collections/collections.js'
import { SimulatedClock } from '../running/simulated-clock.js'
import { throwFault } from './throw-fault.js'

/** Of a gateway whose types have no tables. */
export function noCollections(): Collections {
  return new Collections({
    tables: { get: () => undefined, all: () => [] },
    state: { snapshots: { on: () => undefined }, changedRights: { on: () => undefined } },
    noteFault: throwFault,
    meter: { collectionRowsScanned: 0, collectionScans: new Map() },
    limits: { collectionEntitiesMax: 10, scanRowsPerSecondMax: 10 },
    clock: new SimulatedClock(),
  })
}
