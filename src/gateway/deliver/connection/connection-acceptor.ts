import type { Identity } from '../../authenticate/identity.js'
import type { Transport } from './transport.js'

export type AdmissionRefusal = 'starting' | 'token_revoked' | 'too_many_connections' | 'too_many_connections_of_user' | 'shutting_down'

/** Takes over the sockets whose token is good. */
export interface ConnectionAcceptor {
  /**
   * Why no further connection can be taken now, or undefined. A client that replaces its own older connection may come in even where there
   * is no room for others.
   */
  admissionRefusal(identity?: Identity): AdmissionRefusal | undefined
  accept(identity: Identity, transport: Transport): AcceptedConnection
}

/** None of these methods is called from inside a call of the transport. */
export interface AcceptedConnection {
  /** A text frame from the client, already known to be within the size limit. */
  receiveText(text: string): void
  receiveBinary(): void
  /** The socket can take more. */
  drained(): void
  /**
   * The socket has gone. `code` is the close code of this side where this side closed it, otherwise the one that the socket saw.
   * @param lingers whether the kernel still has the socket until the client closes its side, as after a close in order; one that was cut
   * off does not linger. By default every socket that this side has closed lingers.
   */
  closed(code: number, byThisSide: boolean, lingers?: boolean): void
}
