import { WebSocket } from 'ws'
import type { Clock } from '#clock.js'

/** A close that the server does not answer must not hold up Ctrl-C. */
const farewellMsMax = 500

export interface GatewaySockets {
  readonly WebSocket: new (url: string, subprotocols: string[]) => WebSocket
  /** Why the last one could not connect, which a close code does not say; empty where it could. */
  readonly failure: () => string
}

/** WebSockets as `ws` has them, for a process that is to end soon after its last one was closed. */
export function gatewaySockets(clock: Clock): GatewaySockets {
  let failure = ''
  class GatewaySocket extends WebSocket {
    constructor(url: string, subprotocols: string[]) {
      super(url, subprotocols)
      failure = ''
      this.on('error', (error) => (failure = failureText(error)))
    }

    override close(code?: number, reason?: string): void {
      super.close(code, reason)
      this.once(
        'close',
        clock.after(farewellMsMax, () => this.terminate()),
      )
    }
  }
  return { WebSocket: GatewaySocket, failure: () => failure }
}

/** An attempt on several addresses (`localhost` has two) fails with an error for each, and has no message of its own. */
function failureText(error: Error): string {
  return error instanceof AggregateError ? error.errors.map((each) => (each as Error).message).join(', ') : error.message
}
