import type { Clock } from '#clock.js'
import type { Connection } from './connection/connection.js'
import { Slices } from './slices.js'

/** Does something for one connection, in steps. */
export type Visit = (connection: Connection) => Iterable<unknown>

/**
 * Visits connections, some in each tick. Connections that are accepted meanwhile are visited too.
 * @param done called behind the last visit.
 */
export function sweepOver(connections: Iterable<Connection>, clock: Clock, visit: Visit, done?: () => void): Slices {
  return new Slices(visits(connections, visit), clock, done).startSoon()
}

function* visits(connections: Iterable<Connection>, visit: Visit): Generator {
  for (const connection of connections) {
    yield
    yield* visit(connection)
  }
}
