import type { Buckets, RunningServer, ServerCounts } from '../contenders/contender.js'
import { pause } from './monotonic.js'
import { TrialFailure } from './trial-failure.js'

/** So many events were read since those counts, by those servers that count them. @throws TrialFailure where nothing is read any more */
export async function countsOnceRead(
  server: Pick<RunningServer, 'counts'>,
  events: number,
  before: ServerCounts,
  stalledMsMax = 10_000,
): Promise<ServerCounts> {
  let [read, changedAt] = [-1, Date.now()]
  for (;;) {
    const counts = countsBetween(before, await server.counts())
    const { records = events } = counts
    if (records >= events) return counts
    if (records !== read) [read, changedAt] = [records, Date.now()]
    if (Date.now() - changedAt > stalledMsMax) throw new TrialFailure(`${events - records} of ${events} records have not been read`)
    await pause(50)
  }
}

export function countsBetween(before: ServerCounts, after: ServerCounts): ServerCounts {
  const encoded = after.encoded === undefined || before.encoded === undefined ? undefined : after.encoded - before.encoded
  return {
    frames: after.frames - before.frames,
    writes: after.writes - before.writes,
    encoded,
    ...(after.records !== undefined && { records: after.records - (before.records ?? 0) }),
    ...(after.recordToRead && { recordToRead: bucketsBetween(before.recordToRead, after.recordToRead) }),
    ...(after.recordToWrite && { recordToWrite: bucketsBetween(before.recordToWrite, after.recordToWrite) }),
  }
}

function bucketsBetween(before: Buckets | undefined, after: Buckets): Buckets {
  return new Map([...after].map(([bound, count]) => [bound, count - (before?.get(bound) ?? 0)]))
}
