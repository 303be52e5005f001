import { test } from 'tap'
import { PageSimulation } from './support/gateway/page-simulation.js'

const firstSeed = Number(process.env['SIMULATION_SEED'] ?? 1)
const runs = Number(process.env['SIMULATION_RUNS'] ?? 100)
const steps = 400

test('a page that goes on at any node holds exactly what it may see, after cuts, crashes and changes of rights', async (t) => {
  const met: Record<string, number> = {}
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const simulation = new PageSimulation(seed)
    await simulation.run(steps)
    const errors = simulation.logged.filter(({ level }) => level === 'error').map(({ message }) => message)
    const policy = simulation.policyAtTheEnd
    const faults = [...simulation.pages.flatMap((page) => [...page.picture.faults, ...page.wrongs(policy)]), ...errors]
    if (faults.length > 0) t.fail(`SIMULATION_SEED=${seed}`, { faults: faults.slice(0, 5) })
    for (const [name, count] of Object.entries(simulation.met)) met[name] = (met[name] ?? 0) + count
  }
  t.comment(JSON.stringify(met))
  t.ok(
    Object.values(met).every((count) => count > 0),
    'each of the cases is met',
    met,
  )
})
