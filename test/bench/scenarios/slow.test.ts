import { test } from 'tap'
import { knobDefaults } from '../../../bench/scenarios/knobs.js'
import { clientsOf } from '../../../bench/scenarios/slow.js'

test('counts the latencies of the others alone, in both halves of a round', async (t) => {
  const [slow, fast] = [clientsOf(knobDefaults, true), clientsOf(knobDefaults, false)]
  const untimed = slow.filter(({ timed }) => timed === false)
  t.equal(untimed.length, knobDefaults.clients / 100)
  t.same(
    untimed,
    slow.filter(({ bytesPerSecond }) => bytesPerSecond !== undefined),
  )
  t.same(
    fast,
    slow.map(({ role, timed, entities }) => ({ role, entities, ...(timed === false && { timed }) })),
  )
})

test('lets those alone who may be slow watch one entity, and all the others', async (t) => {
  for (const { timed = true, entities } of clientsOf({ ...knobDefaults, entities: 3 }, true)) t.same(entities, timed ? [1, 2] : [0, 1, 2])
})
