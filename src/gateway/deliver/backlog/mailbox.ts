/** Where the bytes of all mailboxes are added up, those of a message that waits in several of them once. */
export interface MailboxGauge {
  mailboxBytes: number
}

/** Taken-out messages are let go in portions of this many, as shifting the array for each would cost its whole length. */
const compactAfterMessages = 1024

/** What a mailbox takes in. */
export interface Sized {
  /** What it counts for, in bytes. */
  readonly size: number
  /** In how many mailboxes it waits. Counted here alone. */
  mailboxes: number
}

/** Who takes messages out of a mailbox. */
export interface Taker<M> {
  /** Whether it takes a further one. */
  take(message: M): boolean
}

/** A queue, first in, first out, that counts the bytes it holds. It knows no limit: backlogs, which are made of it, do. */
export class Mailbox<M extends Sized> {
  private messages: M[] = []
  private head = 0
  private waitingBytes = 0
  /** Of messages that are being handed out, and are counted off together. */
  private handedOutBytes = 0

  constructor(private readonly gauge: MailboxGauge) {}

  get bytes(): number {
    return this.waitingBytes
  }

  get isEmpty(): boolean {
    return this.head === this.messages.length
  }

  /** Messages that wait. */
  get count(): number {
    return this.messages.length - this.head
  }

  push(message: M): void {
    this.messages.push(message)
    this.waitingBytes += message.size
    if (message.mailboxes++ === 0) this.gauge.mailboxBytes += message.size
  }

  /**
   * Hands out what waits, the oldest first, until the taker answers that it takes no more. What it throws leaves the messages behind
   * it waiting.
   */
  drain(taker: Taker<M>): void {
    try {
      for (let goesOn = true; goesOn && this.head < this.messages.length;) {
        const message = this.messages[this.head++]!
        this.handedOutBytes += message.size
        this.countOff(message)
        goesOn = taker.take(message)
        if (this.head === compactAfterMessages) this.forgetTaken()
      }
    } finally {
      this.waitingBytes -= this.handedOutBytes
      this.handedOutBytes = 0
      if (this.isEmpty) this.forgetTaken()
    }
  }

  /** Each message that waits is replaced by what `revise` makes of it; undefined: it is taken out. */
  revise(revise: (message: M) => M | undefined): void {
    if (this.isEmpty) return
    const waiting = this.messages.slice(this.head)
    this.clear()
    for (const message of waiting) {
      const revised = revise(message)
      if (revised !== undefined) this.push(revised)
    }
  }

  clear(): void {
    for (let i = this.head; i < this.messages.length; i++) this.countOff(this.messages[i]!)
    this.messages = []
    this.head = this.waitingBytes = this.handedOutBytes = 0
  }

  private forgetTaken(): void {
    if (this.isEmpty) this.messages.length = 0
    else this.messages.splice(0, this.head)
    this.head = 0
  }

  private countOff(message: M): void {
    if (--message.mailboxes === 0) this.gauge.mailboxBytes -= message.size
  }
}
