import { test } from 'tap'
import { Account } from '../../../bench/load/account.js'

function accountOf(...sequences: number[]) {
  const account = new Account()
  account.reserve(2)
  account.begin()
  for (const sequence of sequences) account.note(1, sequence)
  return account.result()
}

test('counts and sums what arrives for each connection and entity', async (t) => {
  const { counts, sums, disordered } = accountOf(5, 7, 8)
  t.same([...counts], [0, 3])
  t.same([...sums], [0, 20])
  t.equal(disordered, 0)
})

test('sees an update that comes after a newer one', async (t) => {
  t.equal(accountOf(5, 7, 6).disordered, 1)
})

test('counts by itself what tells a version once more, as whoever’s rights change is told', async (t) => {
  const { counts, sums, repeats, disordered } = accountOf(5, 7, 7)
  t.same([counts[1], sums[1], repeats[1], disordered], [2, 12, 1, 0])
})

test('knows what is the newest from one measurement to the next', async (t) => {
  const account = new Account()
  account.reserve(1)
  account.begin()
  t.ok(account.note(0, 5))
  account.begin()
  t.notOk(account.note(0, 5))
  account.note(0, 4)
  t.match(account.result(), { repeats: [1], disordered: 1 })
})

test('takes a snapshot of the version that is known for a version, and an older one for a fault', async (t) => {
  const account = new Account()
  account.reserve(1)
  account.begin()
  for (const sequence of [5, 5, 4]) account.noteVersion(0, sequence)
  t.match(account.result(), { counts: [3], repeats: [0], disordered: 1 })
})

test('sees an update of an entity that was not asked for', async (t) => {
  const account = new Account()
  account.begin()
  account.noteForeign()
  t.equal(account.result().foreign, 1)
})
