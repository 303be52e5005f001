import { test } from 'tap'
import { affordableLimits, descriptorsNow, maxOpenFilesIn, planSocketBudget } from '#gateway/deliver/socket/socket-budget.js'
import { fc } from '../../../support/running/seeded-properties.js'

test('never gives away more descriptors than there are, and always keeps some', async () => {
  const descriptors = fc.record({ max: fc.integer({ min: 0, max: 2_000_000 }), open: fc.integer({ min: 0, max: 200 }) })
  fc.assert(
    fc.property(descriptors, fc.integer({ min: 2, max: 2_000_000 }), (descriptors, socketsMax) => {
      const { clientsMax, waitingMax, adminMax } = planSocketBudget(socketsMax, descriptors)
      const given = clientsMax + waitingMax
      if (given > 0 && given + adminMax + descriptors.open + 8 > descriptors.max) throw new Error('too much is given away')
      if (clientsMax > socketsMax || clientsMax < 0) throw new Error('more clients than were asked for')
      if (clientsMax > 0 && waitingMax < Math.min(65_536, clientsMax / 4)) throw new Error('too few may wait')
    }),
  )
})

test('what is configured is had where there are descriptors enough, or a system does not tell', async (t) => {
  const enough = planSocketBudget(20_000, { max: 1_048_576, open: 30 })
  t.same(enough, { clientsMax: 20_000, waitingMax: 65_536, adminMax: 100 })
  t.same(planSocketBudget(20_000, undefined), enough)
})

test('with too few, connections and the share of one user become less alike', async (t) => {
  const budget = planSocketBudget(20_000, { max: 1024, open: 24 })
  t.same(budget, { clientsMax: 562, waitingMax: 188, adminMax: 100 })
  t.same(affordableLimits({ connectionsMax: 10_000, connectionsPerSubMax: 1000 }, budget), {
    connectionsMax: 562,
    connectionsPerSubMax: 57,
  })
  const limits = { connectionsMax: 300, connectionsPerSubMax: 30 }
  t.same(affordableLimits(limits, budget), limits, 'what is affordable stays')
})

test('reads how many descriptors there may be, and how many there are', async (t) => {
  const head = 'Limit                     Soft Limit           Hard Limit           Units     \n'
  t.equal(maxOpenFilesIn(`${head}Max open files            1024                 4096                 files     \n`), 1024)
  t.equal(maxOpenFilesIn(`${head}Max processes             unlimited            unlimited            processes \n`), undefined)
  const descriptors = descriptorsNow()
  if (process.platform === 'linux') t.ok(descriptors !== undefined && descriptors.open > 3 && descriptors.max >= descriptors.open)
})
