import { Mailbox, type Sized } from '#gateway/deliver/backlog/mailbox.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'

export const mailbox: MicroQuestion = {
  name: 'mailbox',
  question: 'What does a message cost on its way into a mailbox and out of it again, its bytes counted?',
  // The last is what a mailbox of a megabyte holds of frames of 250 B.
  cases: () => [ofWaiting(1), ofWaiting(100), ofWaiting(4000)],
}

/** So many are pushed, then taken out. An operation is a message. Plainly they wait in an array that is shifted. */
function ofWaiting(count: number): MicroCase {
  const messages = Array.from({ length: count }, (_none, nth): Sized => ({ size: 200 + (nth % 64), mailboxes: 0 }))
  const name = count === 1 ? 'one waits' : `${count} wait`
  const reading = { weigh: (seen: number) => seen }
  // Nothing differs between the inputs: what is taken out depends on what was put in, of whatever round.
  const inputs = 16
  return caseOf({ name, inputs, operations: count }, throughMailbox(messages), throughArray(messages), reading)
}

/** The answer depends on every message and on their order. */
function seenAfter(seen: number, { size }: Sized): number {
  return (Math.imul(seen, 31) + size) | 0
}

function throughMailbox(messages: readonly Sized[]): () => number {
  const gauge = { mailboxBytes: 0 }
  const waiting = new Mailbox<Sized>(gauge)
  let seen = 0
  const taker = {
    take(message: Sized): boolean {
      seen = seenAfter(seen, message)
      return true
    },
  }
  return () => {
    seen = 0
    for (const message of messages) waiting.push(message)
    waiting.drain(taker)
    return seen + gauge.mailboxBytes
  }
}

function throughArray(messages: readonly Sized[]): () => number {
  const waiting: Sized[] = []
  let waitingBytes = 0
  return () => {
    let seen = 0
    for (const message of messages) {
      waiting.push(message)
      waitingBytes += message.size
    }
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      waitingBytes -= message.size
      seen = seenAfter(seen, message)
    }
    return seen + waitingBytes
  }
}
