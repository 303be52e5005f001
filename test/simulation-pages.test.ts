import { test } from 'tap'
import { runSeeds } from './support/running/seeds.js'
import { PageSimulation } from './support/gateway/page-simulation.js'

const steps = 400

test('a page that goes on at any node holds exactly what it may see, after cuts, crashes and changes of rights', async (t) => {
  await runSeeds(t, 100, async (seed) => {
    const simulation = new PageSimulation(seed)
    await simulation.run(steps)
    const errors = simulation.logged.filter(({ level }) => level === 'error').map(({ message }) => message)
    const policy = simulation.policyAtTheEnd
    return {
      faults: [...simulation.pages.flatMap((page) => [...page.faults, ...page.wrongs(policy)]), ...errors],
      met: simulation.met,
    }
  })
})
