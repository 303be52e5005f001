import type { Identity } from '../../authenticate/identity.js'
import type { Transport } from './transport.js'

export type AdmissionRefusal = 'starting' | 'too_many_connections' | 'too_many_connections_of_user' | 'shutting_down'

/** What the server does with a socket whose token is good. */
export interface ConnectionAcceptor {
  /** Why no further connection can be taken now, or undefined; one that takes an older one's place can also where there is no room for others. */
  refusal(identity?: Identity): AdmissionRefusal | undefined
  accept(identity: Identity, transport: Transport): AcceptedConnection
}

/** None of these is called from inside a call of the transport, except as said. */
export interface AcceptedConnection {
  /** A text frame from the client, already known to be within the size limit. */
  receiveText(text: string): void
  receiveBinary(): void
  /** The socket can take more. */
  drained(): void
  /**
   * The socket has gone: by this side's will with its close code, otherwise with the one that the socket saw.
   * @param lingers whether the system has it still, until the client closes it too: as one that was closed in order, and none that was cut
   * off. Unless told, all that this side has closed.
   */
  closed(code: number, byThisSide: boolean, lingers?: boolean): void
}
