import { test } from 'tap'
import { pictureFaults } from './support/gateway/picture-oracle.js'
import { runSeeds } from './support/running/seeds.js'
import { Simulation } from './support/gateway/simulation.js'

const steps = 400

test('each client holds exactly what it may see of the latest versions, and is told right what happened to that', async (t) => {
  await runSeeds(t, 25, async (seed) => {
    const simulation = new Simulation(seed, true)
    await simulation.run(steps)
    const { logged, meter, clients } = simulation
    const errors = logged.filter(({ level }) => level === 'error').map(({ message }) => message)
    const tooSlow = clients.filter(({ transport }) => transport.closedWith?.code === 4001).length
    const { framesSent: updates, eventsStale: stale, updatesConflated: conflated, gaps } = meter
    return { faults: [...pictureFaults(simulation), ...errors], met: { updates, stale, conflated, gaps, tooSlow } }
  })
})
