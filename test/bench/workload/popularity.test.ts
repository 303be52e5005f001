import { test } from 'tap'
import { entityChooser } from '../../../bench/workload/popularity.js'

const firstThousand = (entityOf: (nth: number) => number) => Array.from({ length: 1000 }, (_none, nth) => entityOf(nth))

test('a hot entity gets its share of the events, and the others the rest in turn', async (t) => {
  for (const share of [0, 0.5, 0.9]) {
    const chosen = firstThousand(entityChooser({ kind: 'hot', entities: 10, share }))
    const hot = chosen.filter((entity) => entity === 0).length
    t.ok(Math.abs(hot - 1000 * share) < 50, `${hot} of ${share}`)
    t.equal(new Set(chosen.filter((entity) => entity !== 0)).size, 9)
    t.ok(chosen.every((entity) => entity < 10))
  }
})
