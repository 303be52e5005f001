import { test } from 'tap'
import type { ServerCounts } from '../../../bench/contenders/contender.js'
import { StageSamples } from '../../../bench/timeline/stage-samples.js'

/** As many values up to 10 ms as up to a second. */
function countsOf(fast: number, slow: number): ServerCounts {
  const buckets = new Map([
    [0.01, fast],
    [1, fast + slow],
    [Infinity, fast + slow],
  ])
  return { frames: 0, writes: 0, encoded: 0, recordToRead: buckets, recordToWrite: buckets }
}

async function samplesOf(before: ServerCounts, counts: () => Promise<ServerCounts>) {
  let samples: StageSamples
  await new Promise<void>((asked) => {
    samples = new StageSamples({ counts: () => (asked(), counts()) }, before)
  })
  return await samples!.end()
}

test('says of a half second what it added to the counts', async (t) => {
  const [sample] = await samplesOf(countsOf(0, 1000), () => Promise.resolve(countsOf(1000, 1000)))
  t.ok(sample!.readMs <= 10 && sample!.writeMs <= 10, 'what was slow before is not counted again')
  t.ok(sample!.untilMs > sample!.fromMs)
})

test('says nothing of a server that does not count its stages, and nothing of one that is gone', async (t) => {
  const uncounted: ServerCounts = { frames: 0, writes: 0, encoded: 0 }
  t.same(await samplesOf(uncounted, () => Promise.resolve(uncounted)), [])
  t.same(await samplesOf(uncounted, () => Promise.reject(new Error('it is gone'))), [])
})
