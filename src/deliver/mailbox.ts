/** Where the bytes of all mailboxes are added up. */
export interface MailboxGauge {
  mailboxBytes: number
}

/** Taken-out messages are let go in portions of this many, as shifting the array for each would cost its whole length. */
const compactAfterMessages = 1024

/** Messages that wait for one actor, first in, first out, and how many bytes they hold. */
export class Mailbox<M> {
  private messages: M[] = []
  private head = 0
  private waitingBytes = 0

  constructor(
    private readonly sizeOf: (message: M) => number,
    private readonly gauge: MailboxGauge,
  ) {}

  get bytes(): number {
    return this.waitingBytes
  }

  get isEmpty(): boolean {
    return this.head === this.messages.length
  }

  push(message: M): void {
    this.messages.push(message)
    this.count(this.sizeOf(message))
  }

  /** The message that has waited longest; undefined when none waits. */
  take(): M | undefined {
    const message = this.messages[this.head]
    if (message === undefined) return undefined
    this.head++
    this.count(-this.sizeOf(message))
    this.forgetTaken()
    return message
  }

  clear(): void {
    this.messages = []
    this.head = 0
    this.count(-this.waitingBytes)
  }

  private forgetTaken(): void {
    if (this.isEmpty) this.messages.length = 0
    else if (this.head === compactAfterMessages) this.messages.splice(0, this.head)
    else return
    this.head = 0
  }

  private count(bytes: number): void {
    this.waitingBytes += bytes
    this.gauge.mailboxBytes += bytes
  }
}
