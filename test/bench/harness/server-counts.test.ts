import { test } from 'tap'
import { countsOnceRead } from '../../../bench/harness/server-counts.js'

const none = { frames: 0, writes: 0, encoded: 0, records: 5 }

function serverThatHasRead(...records: number[]) {
  return { counts: () => Promise.resolve({ ...none, records: records.length > 1 ? records.shift()! : records[0]! }) }
}

test('waits until all records are read', async (t) => {
  t.equal((await countsOnceRead(serverThatHasRead(6, 7, 8), 3, none)).records, 3)
})

test('does not wait for a server that does not count what it reads', async (t) => {
  const server = { counts: () => Promise.resolve({ frames: 1, writes: 1, encoded: undefined }) }
  t.equal((await countsOnceRead(server, 3, none)).frames, 1)
})

test('fails where a record is never read, instead of waiting for ever', async (t) => {
  await t.rejects(countsOnceRead(serverThatHasRead(7), 3, none, 10), { name: 'TrialFailure', message: '1 of 3 records have not been read' })
})
