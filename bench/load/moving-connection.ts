import type { ClientPlan } from './client-plan.js'
import { LoadConnection } from './load-connection.js'
import type { Tally } from './tally.js'

/** Where a server leaves without a word, the client library comes back at any moment within so long. */
const leavingSpreadMs = 5000

/**
 * A client that goes to another server when its own asks it to, or has ended: at a moment of its own, from what it holds then, as the client
 * library does.
 * @param moved is told the connection that it has from then on.
 */
export function movingConnection(plan: ClientPlan, tally: Tally, slot: number, moved: (next: LoadConnection) => void): LoadConnection {
  const { movesTo, ...rest } = plan
  if (movesTo === undefined) return new LoadConnection(plan, tally, slot)
  let isOnItsWay = false
  const connection = new LoadConnection(rest, tally, slot, (withinMs = leavingSpreadMs) => {
    if (isOnItsWay) return
    isOnItsWay = true
    setTimeout(() => {
      connection.leave()
      moved(new LoadConnection({ ...rest, url: movesTo, cursors: connection.cursors() }, tally, slot))
    }, Math.random() * withinMs)
  })
  return connection
}
