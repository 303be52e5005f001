import { test } from 'tap'
import { allRetold, checkAccount, nothingRetold } from '../../../bench/harness/account-check.js'
import { Account } from '../../../bench/load/account.js'

const fed = { counts: Float64Array.of(0, 2), sums: Float64Array.of(0, 11) }
const plan = { url: '', token: '', role: 'support', sees: true, timed: true, entities: [0, 1] }

/** Checks what a client of entities 0 and 1 has received of entity 1. */
function check(sequences: readonly number[], { sees = true, repeats = 0 } = {}): void {
  const account = new Account()
  account.reserve(2)
  account.begin()
  for (const sequence of sequences) account.note(1, sequence)
  const told = repeats === 0 ? fed : { counts: Float64Array.of(1, 2), sums: Float64Array.of(4, 11) }
  if (repeats > 0) for (const sequence of [4, 4]) account.note(0, sequence)
  checkAccount(account.result(), [{ ...plan, sees }], told, repeats === 0 ? nothingRetold : allRetold)
}

test('accepts all that was fed, once and in its order', async (t) => {
  t.doesNotThrow(() => check([5, 6]))
  t.doesNotThrow(() => check([], { sees: false }))
})

test('refuses what is lost, doubled, out of order, another one, or not to be seen', async (t) => {
  t.throws(() => check([5]), { name: 'TrialFailure', message: /1 updates of entity 1, and was to have 2/ })
  t.throws(() => check([5, 6, 6]), { name: 'TrialFailure', message: /1 times more of entity 1 what it knew, instead of 0/ })
  t.throws(() => check([6, 5]), { name: 'TrialFailure', message: /out of order/ })
  t.throws(() => check([5, 7]), { name: 'TrialFailure' })
  t.throws(() => check([5, 6], { sees: false }), { name: 'TrialFailure' })
})

test('wants each client to be told as often as its rights have changed', async (t) => {
  t.doesNotThrow(() => check([5, 6, 6], { repeats: 1 }))
  t.throws(() => check([5, 6], { repeats: 1 }), { message: /told 0 times more of entity 1 what it knew, instead of 1/ })
  t.throws(() => check([5, 6, 6, 6], { repeats: 1 }), { message: /told 2 times more/ })
})

test('refuses that somebody else is told of a change of rights', async (t) => {
  const account = new Account()
  account.reserve(2)
  account.begin()
  for (const slot of [0, 1]) for (const sequence of [5, 5]) account.note(slot, sequence)
  const told = { counts: Float64Array.of(1, 1), sums: Float64Array.of(5, 5) }
  const check = (isRetold: (entity: number) => boolean) => checkAccount(account.result(), [plan], told, isRetold)
  t.doesNotThrow(() => check(allRetold))
  t.throws(() => check((entity) => entity === 0), { message: /told 1 times more of entity 1 what it knew, instead of 0/ })
})
