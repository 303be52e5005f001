import type { Meter } from '../observe/meter.js'
import type { Connection } from './connection/connection.js'

/**
 * Closes the fullest connections until an eighth of the memory is free. Without that reserve the search would run again for each frame,
 * which costs more than the connections hold.
 * @param bytesMax what all mailboxes and sockets together may hold.
 */
export function relieve(
  connections: Iterable<Pick<Connection, 'heldBytes' | 'relieve'>>,
  meter: Pick<Meter, 'mailboxBytes' | 'socketBytes'>,
  bytesMax: number,
): void {
  const enough = bytesMax - bytesMax / 8
  const fullest = [...connections].filter(({ heldBytes }) => heldBytes > 0).sort((one, other) => other.heldBytes - one.heldBytes)
  for (const connection of fullest) {
    // The first call closes the connection, but its socket keeps its bytes. Where these are too many, the second call hangs up before a
    // connection that holds less is closed: the others must not pay for the sockets of the fullest.
    for (let call = 0; call < 2; call++) {
      if (meter.mailboxBytes + meter.socketBytes <= enough) return
      connection.relieve()
    }
  }
}
