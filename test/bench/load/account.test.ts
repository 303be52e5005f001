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

test('sees an update that comes twice and one that comes after a newer one', async (t) => {
  t.equal(accountOf(5, 5).disordered, 1)
  t.equal(accountOf(5, 7, 6).disordered, 1)
})

test('sees an update of an entity that was not asked for', async (t) => {
  const account = new Account()
  account.begin()
  account.noteForeign()
  t.equal(account.result().foreign, 1)
})
