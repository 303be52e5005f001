import type { Frame } from '../../authorize/entity-update.js'
import type { CloseCode } from '#protocol/codes.js'

/** One client's socket as its connection sees it. Calls after the socket has gone do nothing. */
export interface Transport {
  /** What is sent inside `write` leaves in one system call, as far as it fits. */
  cork(write: () => void): void
  send(frame: Frame): void
  /** The bytes that were sent but that the kernel has not taken yet. */
  bufferedBytes(): number
  /** Sends the close frame after all that was sent before, and hangs up. */
  close(close: CloseCode): void
  /**
   * Hangs up at once and drops what the kernel has not taken yet, also where `close` still waits for that. The client sees no code (1006).
   */
  cut(close: CloseCode): void
}
