import { fc } from '../support/seeded-properties.js'
import { test } from 'tap'
import { Mailbox } from '../../src/deliver/mailbox.js'

test('hands out messages in the order in which they came and counts their bytes, whatever the sequence', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(100), fc.constant('take' as const), fc.constant('clear' as const)), { maxLength: 4000, size: 'max' }),
      (steps) => {
        const gauge = { mailboxBytes: 0 }
        const mailbox = new Mailbox<number>((message) => message, gauge)
        let expected: number[] = []
        for (const step of steps) {
          if (step === 'take') {
            if (mailbox.take() !== expected.shift()) return false
          } else if (step === 'clear') {
            mailbox.clear()
            expected = []
          } else {
            mailbox.push(step)
            expected.push(step)
          }
        }
        const bytes = expected.reduce((sum, message) => sum + message, 0)
        return mailbox.bytes === bytes && gauge.mailboxBytes === bytes && mailbox.isEmpty === (expected.length === 0)
      },
    ),
    { numRuns: 100 },
  )
  t.pass()
})

test('keeps its order beyond the portion in which it forgets', async (t) => {
  const mailbox = new Mailbox<number>(() => 1, { mailboxBytes: 0 })
  for (let i = 0; i < 3000; i++) mailbox.push(i)
  const taken = Array.from({ length: 3000 }, () => mailbox.take())
  t.same(
    taken,
    Array.from({ length: 3000 }, (_, i) => i),
  )
  t.equal(mailbox.take(), undefined)
})
