import type { Clock } from '#clock.js'
import type { Connection } from './connection/connection.js'
import { Slices, type SlicesOptions } from './slices.js'

/** Does something for one connection, in steps. */
export type Visit = (connection: Connection) => Iterable<unknown>

/** Visits connections, some in each tick. Connections that are accepted meanwhile are visited too. */
export function sweepOver(connections: Iterable<Connection>, clock: Clock, visit: Visit, options: SlicesOptions): Slices {
  return new Slices(visits(connections, visit), clock, options).startSoon()
}

function* visits(connections: Iterable<Connection>, visit: Visit): Generator {
  for (const connection of connections) {
    yield
    yield* visit(connection)
  }
}
