import type { Connection } from './connection/connection.js'

/** Those for whom most waits, the fullest first. Goes through all of them once: 100,000 take some milliseconds. */
export function fullestOf<C extends Pick<Connection, 'heldBytes'>>(connections: Iterable<C>, most: number): readonly C[] {
  const fullest: { readonly connection: C; readonly bytes: number }[] = []
  for (const connection of connections) {
    const bytes = connection.heldBytes
    if (fullest.length === most && bytes <= fullest.at(-1)!.bytes) continue
    const place = fullest.findLastIndex((other) => other.bytes >= bytes) + 1
    fullest.splice(place, 0, { connection, bytes })
    if (fullest.length > most) fullest.pop()
  }
  return fullest.map(({ connection }) => connection)
}
