import { isDeepStrictEqual } from 'node:util'
import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import { Mailbox } from '#gateway/deliver/backlog/mailbox.js'

interface Numbered {
  readonly number: number
  readonly size: number
  mailboxes: number
}

const message = (number: number, size = number): Numbered => ({ number, size, mailboxes: 0 })

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
          mailbox.revise(({ size }) => (size % 2 === 0 ? message(size / 2) : undefined))
          expected = expected.flatMap((size) => (size % 2 === 0 ? [size / 2] : []))
        } else if (typeof step === 'number') {
          mailbox.push(message(step))
          expected.push(step)
        } else if (!isDeepStrictEqual(drained(mailbox, step.drain), expected.splice(0, step.drain + 1))) return false
      }
      const bytes = expected.reduce((sum, size) => sum + size, 0)
      return mailbox.bytes === bytes && gauge.mailboxBytes === bytes && mailbox.isEmpty === (expected.length === 0)
    }),
    { numRuns: 100 },
  )
  t.pass()
})

test('the bytes of all mailboxes are those of the messages in them, each counted once, whatever is put in, taken out and replaced', async (t) => {
  const boxesCount = 4
  const box = fc.nat(boxesCount - 1)
  const push = fc.record({ act: fc.constant('push' as const), box, shared: fc.nat(5) })
  const other = fc.record({ act: fc.constantFrom('drain', 'fail', 'clear', 'replace', 'thin'), box, shared: fc.nat(5) })
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: push }, other), { maxLength: 200 }), (steps) => {
      const gauge = { mailboxBytes: 0 }
      const shared = [0, 1, 10, 100, 1_000, 10_000].map((size) => message(size))
      const boxes = Array.from({ length: boxesCount }, () => ({ mailbox: new Mailbox<Numbered>(gauge), holds: [] as Numbered[] }))
      for (const { act, box, shared: nth } of steps) {
        const { mailbox, holds } = boxes[box]!
        const one = shared[nth]!
        if (act === 'push') {
          mailbox.push(one)
          holds.push(one)
        } else if (act === 'drain') holds.splice(0, drained(mailbox, nth).length)
        else if (act === 'fail') {
          if (holds.length > 0) t.throws(() => mailbox.drain({ take: fail }))
          holds.shift()
        } else if (act === 'clear') {
          mailbox.clear()
          holds.length = 0
        } else {
          const revised = (before: Numbered) => (act === 'replace' ? one : before.number > 10 ? before : undefined)
          mailbox.revise(revised)
          holds.splice(0, holds.length, ...holds.flatMap((before) => revised(before) ?? []))
        }
        const truth = [...new Set(boxes.flatMap((every) => every.holds))].reduce((sum, { size }) => sum + size, 0)
        if (gauge.mailboxBytes !== truth || mailbox.bytes !== holds.reduce((sum, { size }) => sum + size, 0)) return false
      }
      return true
    }),
    { numRuns: 300 },
  )
  t.end()
})

test('keeps its order beyond the portion in which it forgets', async (t) => {
  const mailbox = new Mailbox<Numbered>({ mailboxBytes: 0 })
  for (let number = 0; number < 3000; number++) mailbox.push(message(number, 1))
  const numbers = Array.from({ length: 3000 }, (_, number) => number)
  t.same([...drained(mailbox, 1499), ...drained(mailbox, 3000)], numbers)
  t.same(drained(mailbox, 1), [])
})

test('keeps what comes behind a message that could not be taken', async (t) => {
  const gauge = { mailboxBytes: 0 }
  const mailbox = new Mailbox<Numbered>(gauge)
  for (const number of [1, 2, 3]) mailbox.push(message(number))
  t.throws(() => mailbox.drain({ take: ({ number }) => number === 1 || fail() }))
  t.equal(gauge.mailboxBytes, 3)
  t.same(drained(mailbox, 1), [3])
})

test('hands out what is put in while it hands out, and nothing more once it is cleared', async (t) => {
  const gauge = { mailboxBytes: 0 }
  const mailbox = new Mailbox<Numbered>(gauge)
  mailbox.push(message(1))
  const seen: number[] = []
  const take = ({ number }: Numbered) => {
    seen.push(number)
    if (number < 3) mailbox.push(message(number + 1, 1))
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
