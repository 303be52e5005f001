/** Holds the sum of the bytes in all mailboxes. A message that waits in several of them is counted once. */
export interface MailboxGauge {
  mailboxBytes: number
}

/**
 * Messages that were taken out are removed in portions of this size, as shifting the array for each message would cost its whole length.
 */
const compactAfterMessages = 1024

/** A message that a mailbox can hold. */
export interface Sized {
  /** In bytes. */
  readonly size: number
  /** The number of mailboxes in which the message waits. Only `Mailbox` changes it. */
  mailboxes: number
}

/** Receives the messages that a mailbox hands out. */
export interface Taker<M> {
  /** Answers whether it takes another message. */
  take(message: M): boolean
}

/** A first-in-first-out queue that counts the bytes it holds. It knows no limit; the backlogs built on it do. */
export class Mailbox<M extends Sized> {
  private messages: M[] = []
  private head = 0
  private waitingBytes = 0
  /** The bytes of messages that `drain` has handed out. They are subtracted once, at its end. */
  private handedOutBytes = 0

  constructor(private readonly gauge: MailboxGauge) {}

  get bytes(): number {
    return this.waitingBytes
  }

  get isEmpty(): boolean {
    return this.head === this.messages.length
  }

  get count(): number {
    return this.messages.length - this.head
  }

  push(message: M): void {
    this.messages.push(message)
    this.waitingBytes += message.size
    if (message.mailboxes++ === 0) this.gauge.mailboxBytes += message.size
  }

  /** Puts the message before all that wait. */
  pushFirst(message: M): void {
    const waiting = this.messages.slice(this.head)
    this.messages = []
    this.head = 0
    this.push(message)
    this.messages.push(...waiting)
  }

  /**
   * Hands out the messages, the oldest first, until the taker answers that it takes no more. Where the taker throws, the later messages
   * stay in the mailbox.
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

  /** Replaces each waiting message by the result of `revise`, or removes it where that is undefined. */
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
