import { test } from 'tap'
import { changesBeyondNoise, roundsMin, type RoundsPair } from '../../../bench/report/noise.js'
import { seededRandom } from '../../../bench/report/seeded-random.js'
import { noisyPairs } from '../../support/conventions/noisy-pairs.js'

const reports = 150

for (const rounds of [5, 7]) {
  test(`says of two runs of the same code that nothing changed, at ${rounds} rounds`, async (t) => {
    const random = seededRandom(rounds)
    let alarms = 0
    for (let report = 0; report < reports; report++)
      if (changesBeyondNoise(noisyPairs({ rows: 12, rounds, driftBetweenRuns: 0.01, random })).includes(true)) alarms++
    t.ok(alarms / reports <= 0.05, `${alarms} of ${reports} reports`)
  })

  test(`sees a change of 15 % in a single figure whose noise is 3 %, at ${rounds} rounds`, async (t) => {
    const random = seededRandom(rounds)
    let seen = 0
    let others = 0
    for (let report = 0; report < reports; report++) {
      const pairs = noisyPairs({ rows: 12, rounds, driftBetweenRuns: 0, random })
      const [changed, ...rest] = changesBeyondNoise([slower(pairs[0]!, 1.15), ...pairs.slice(1)])
      if (changed) seen++
      if (rest.includes(true)) others++
    }
    t.ok(seen / reports >= (rounds === 5 ? 0.85 : 0.98), `${seen} of ${reports} reports`)
    t.ok(others / reports <= 0.05, `${others} of ${reports} reports accuse others`)
  })

  // Some of these rows are far noisier than 3 %.
  test(`sees a change of 15 % in all figures of a name at once, at ${rounds} rounds`, async (t) => {
    const random = seededRandom(rounds)
    const pairs = noisyPairs({ rows: 30, rounds, driftBetweenRuns: 0, random })
    const changed = changesBeyondNoise(pairs.map((pair) => (pair.name === 'deliveriesPerCpuSecond' ? slower(pair, 1 / 1.15) : pair)))
    const seen = changed.filter((is, index) => is && pairs[index]!.name === 'deliveriesPerCpuSecond').length
    t.ok(seen >= 23, `${seen} of 30`)
  })
}

test('judges nothing by fewer rounds than can tell it from chance', async (t) => {
  const before = Array.from({ length: roundsMin - 1 }, (_none, index) => 100 + index / 10)
  const pair: RoundsPair = { name: 'cpuCores', before, after: before.map((value) => value * 3) }
  t.same(changesBeyondNoise([pair]), [false])
  t.same(changesBeyondNoise([]), [])
})

test('holds a small change for none, however steady its rounds are', async (t) => {
  const before = [100, 100.1, 100.2, 99.9, 100]
  const judge = (ratio: number) => changesBeyondNoise([{ name: 'rssBytes', before, after: before.map((value) => value * ratio) }])
  t.same(judge(1.04), [false])
  t.same(judge(1.12), [true])
})

test('sees what was zero before and is not any more', async (t) => {
  const judge = (after: number[]) => changesBeyondNoise([{ name: 'lost', before: [0, 0, 0, 0, 0], after }])
  t.same(judge([3, 4, 3, 5, 4]), [true])
  t.same(judge([0, 0, 1, 0, 0]), [false])
  t.same(judge([0, 0, 0, 0, 0]), [false])
})

test('is not led astray by one bad round', async (t) => {
  const before = [10, 10.2, 9.9, 10.1, 10]
  t.same(changesBeyondNoise([{ name: 'latencyP99Ms', before, after: [10.1, 9.9, 48, 10, 10.2] }]), [false])
})

function slower(pair: RoundsPair, ratio: number): RoundsPair {
  return { ...pair, after: pair.after.map((value) => value * ratio) }
}
