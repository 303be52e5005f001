import { IncomingMessage } from 'node:http'

/**
 * A request as if it asked for another protocol, behind which Node reads nothing any more. Otherwise it would go through whatever has come
 * behind the first request, at some 10 µs for each further one: a hundred sockets with 64 kB of them would hold up everybody for seconds.
 */
export class LastRequest extends IncomingMessage {
  /** Set by Node, to what the client asks for. */
  set upgrade(_: unknown) {
    // Whatever that is.
  }

  get upgrade(): boolean {
    return true
  }
}
