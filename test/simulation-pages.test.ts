import { test } from 'tap'
import { runSeeds } from './support/running/seeds.js'
import { PageSimulation } from './support/gateway/page-simulation.js'

const steps = 400

/** What is said of records of control topics that cannot be read, of which there are some. */
const unreadable = /^(?:Claims of a user cannot be used|The changed policy cannot be used|A revocation says no "before")/

test('a page that goes on at any node holds exactly what it may see, after cuts, crashes and changes of rights', async (t) => {
  await runSeeds(t, 100, async (seed) => {
    const simulation = new PageSimulation(seed)
    await simulation.run(steps)
    const errors = simulation.logged.filter(({ level, message }) => level === 'error' && !unreadable.test(message))
    return {
      faults: [...simulation.faults, ...errors.map(({ message }) => message)],
      met: { ...simulation.met, ...simulation.control.met },
    }
  })
})
