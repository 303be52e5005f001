import { answerFrame } from '#gateway/authorize/entity-update.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import type { AcceptedConnection, ConnectionAcceptor } from '#gateway/deliver/connection/connection-acceptor.js'
import type { Transport } from '#gateway/deliver/connection/transport.js'

/** A connection that sends back each text it gets, and keeps what it has heard. */
export class EchoConnection implements AcceptedConnection {
  readonly texts: string[] = []
  binaries = 0
  drains = 0
  closedWith: number | undefined

  constructor(
    readonly identity: Identity,
    readonly transport: Transport,
  ) {}

  receiveText(text: string): void {
    this.texts.push(text)
    this.send(text)
  }

  receiveBinary(): void {
    this.binaries++
  }

  drained(): void {
    this.drains++
  }

  closed(code: number): void {
    this.closedWith = code
  }

  send(text: string): void {
    this.transport.send(answerFrame(text))
  }
}

export class EchoAcceptor implements ConnectionAcceptor {
  readonly connections: EchoConnection[] = []
  refuses: ReturnType<ConnectionAcceptor['admissionRefusal']>

  admissionRefusal(): ReturnType<ConnectionAcceptor['admissionRefusal']> {
    return this.refuses
  }

  accept(identity: Identity, transport: Transport): EchoConnection {
    const connection = new EchoConnection(identity, transport)
    this.connections.push(connection)
    return connection
  }
}
