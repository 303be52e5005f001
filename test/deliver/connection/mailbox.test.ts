import { isDeepStrictEqual } from 'node:util'
import { fc } from '../../support/seeded-properties.js'
import { test } from 'tap'
import { Mailbox } from '../../../src/deliver/connection/mailbox.js'

interface Numbered {
  readonly number: number
  readonly size: number
}

test('hands out messages in the order in which they came and counts their bytes, whatever the sequence', async (t) => {
  const step = fc.oneof(fc.nat(100), fc.record({ drain: fc.nat(50) }), fc.constant('clear' as const), fc.constant('halve' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: 'max' }), (steps) => {
      const gauge = { mailboxBytes: 0 }
      const mailbox = new Mailbox<Numbered>(gauge)
      let expected: number[] = []
      for (const step of steps) {
        if (step === 'clear') {
          mailbox.clear()
          expected = []
        } else if (step === 'halve') {
          mailbox.revise(({ size }) => (size % 2 === 0 ? { number: size / 2, size: size / 2 } : undefined))
          expected = expected.flatMap((size) => (size % 2 === 0 ? [size / 2] : []))
        } else if (typeof step === 'number') {
          mailbox.push({ number: step, size: step })
          expected.push(step)
        } else if (!isDeepStrictEqual(drained(mailbox, step.drain), expected.splice(0, step.drain + 1))) return false
      }
      const bytes = expected.reduce((sum, message) => sum + message, 0)
      return mailbox.bytes === bytes && gauge.mailboxBytes === bytes && mailbox.isEmpty === (expected.length === 0)
    }),
    { numRuns: 100 },
  )
  t.pass()
})

test('keeps its order beyond the portion in which it forgets', async (t) => {
  const mailbox = new Mailbox<Numbered>({ mailboxBytes: 0 })
  for (let number = 0; number < 3000; number++) mailbox.push({ number, size: 1 })
  const numbers = Array.from({ length: 3000 }, (_, number) => number)
  t.same([...drained(mailbox, 1499), ...drained(mailbox, 3000)], numbers)
  t.same(drained(mailbox, 1), [])
})

test('keeps what comes behind a message that could not be taken', async (t) => {
  const gauge = { mailboxBytes: 0 }
  const mailbox = new Mailbox<Numbered>(gauge)
  for (const number of [1, 2, 3]) mailbox.push({ number, size: number })
  t.throws(() => mailbox.drain({ take: ({ number }) => number === 1 || fail() }))
  t.equal(gauge.mailboxBytes, 3)
  t.same(drained(mailbox, 1), [3])
})

test('hands out what is put in while it hands out, and nothing more once it is cleared', async (t) => {
  const gauge = { mailboxBytes: 0 }
  const mailbox = new Mailbox<Numbered>(gauge)
  mailbox.push({ number: 1, size: 1 })
  const seen: number[] = []
  const take = ({ number }: Numbered) => {
    seen.push(number)
    if (number < 3) mailbox.push({ number: number + 1, size: 1 })
    else mailbox.clear()
    return true
  }
  mailbox.drain({ take })
  t.same(seen, [1, 2, 3])
  t.equal(gauge.mailboxBytes, 0)
  t.ok(mailbox.isEmpty)
})

/** Takes one message, and so many more as there are. */
function drained(mailbox: Mailbox<Numbered>, more: number): number[] {
  const numbers: number[] = []
  mailbox.drain({ take: ({ number }) => numbers.push(number) <= more })
  return numbers
}

function fail(): never {
  throw new Error('as asked')
}
