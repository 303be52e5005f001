import { test } from 'tap'
import { pictureFaults } from './support/gateway/picture-oracle.js'
import { Simulation } from './support/gateway/simulation.js'

const firstSeed = Number(process.env['SIMULATION_SEED'] ?? 1)
const runs = Number(process.env['SIMULATION_RUNS'] ?? 25)
const steps = 400

test('each client holds exactly what it may see of the latest versions, and is told right what happened to that', async (t) => {
  const met = { updates: 0, stale: 0, tooSlow: 0, conflated: 0, gaps: 0 }
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const simulation = new Simulation(seed, true)
    await simulation.run(steps)
    const errors = simulation.logged.filter(({ level }) => level === 'error').map(({ message }) => message)
    const faults = [...pictureFaults(simulation), ...errors]
    if (faults.length > 0) t.fail(`SIMULATION_SEED=${seed}`, { faults: faults.slice(0, 5) })
    met.updates += simulation.meter.framesSent
    met.stale += simulation.meter.eventsStale
    met.conflated += simulation.meter.updatesConflated
    met.gaps += simulation.meter.gaps
    met.tooSlow += simulation.clients.filter(({ transport }) => transport.closedWith?.code === 4001).length
  }
  t.comment(JSON.stringify(met))
  t.ok(
    Object.values(met).every((count) => count > 0),
    'each of the cases is met',
    met,
  )
})
