import type { MailboxLimits } from './actor.js'
import { socketBytesMax } from './frame-writer.js'

export interface ConnectionLimits {
  readonly mailboxBytesMax: number
  /** Of all connections together, what is in their sockets too. */
  readonly mailboxesBytesMax: number
}

/** The same object for all connections that have the same limits. */
export function mailboxLimitsOf(limits: ConnectionLimits): MailboxLimits {
  let known = mailboxLimits.get(limits)
  if (known === undefined) {
    const { mailboxBytesMax: bytesMax } = limits
    mailboxLimits.set(limits, (known = { runEarlyBytes: Math.min(socketBytesMax, bytesMax), bytesMax }))
  }
  return known
}

const mailboxLimits = new WeakMap<ConnectionLimits, MailboxLimits>()
