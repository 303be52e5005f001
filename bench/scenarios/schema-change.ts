import { sluice } from '../contenders/sluice.js'
import { readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import { TrialFailure } from '../harness/trial-failure.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { Load } from '../harness/measured.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { OrderVersion } from '../workload/order-version.js'
import { abilityOf, expectedFor, permittedOf, policyWith } from '../workload/policy.js'
import { inRoundsOfSluice, inShort, measureWarm, roleOf, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'What happens when producers go over to a new version of the schema?'

export const schemaChange: Scenario = {
  name: 'schema-change',
  question,
  headline: false,
  defaults: { entities: 1000, eventsPerSecond: 2500 },
  quick: { clients: 20, entities: 20, eventsPerSecond: 200, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

/** One field more, which no role of the others sees. */
const extra = { count: 1, length: 12, tag: 'INTERNAL' }
const extraData = new OrderVersion(extra).extraData()
const [extraField] = Object.keys(extraData) as [string]

/** One client sees what is tagged so: by it the run knows that the change took place. */
const auditor = 'auditor'
const policy = policyWith({
  [auditor]: [
    { action: 'read', subject: 'order', fields: ['**'] },
    { action: 'read', subject: 'order', fields: ['margin'], inverted: true },
  ],
})

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, eventsPerSecond, burst, seconds } = bench.knobs
  const load = { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst } as const
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    let changedFrom = Infinity
    /** The auditor sees all that support sees, and the new field. */
    const expectedData = (role: string, entity: number, sequence: number) => {
      if (role !== auditor) return expectedFor(role, entity, sequence)
      const seen = permittedOf(abilityOf('support'), entity, sequence) as object
      return sequence < changedFrom ? seen : { ...seen, ...extraData }
    }
    const setUp = setUpOf(bench, sluice, () => [], { policy, expectedData, clients: clientsOf(bench) })
    await withTrial(bench, setUp, async (trial) => {
      book.add('sluice', { phase: 'before' }, readingsOf(await measureWarm(bench, trial, load)))
      await trial.clients.watchFor(`"${extraField}"`)
      changedFrom = await trial.changeSchemaWithin({ ...load, seconds }, extra)
      const changing = await trial.measure({ ...load, seconds })
      bench.progress(`  change: ${inShort(changing)}, the slowest ${changing.latency.max} ms`)
      book.add('sluice', { phase: 'change' }, readingsOf(changing))
      book.add('sluice', { phase: 'after' }, readingsOf(await trial.measure({ ...load, seconds })))
      await checkSightings(trial, load, seconds)
    })
  })
  return { scenario: schemaChange.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}

/** In turn, as everywhere; the first one is the auditor. */
function clientsOf({ knobs: { clients, entities, roles } }: BenchRun): ClientSketch[] {
  return Array.from({ length: clients }, (_none, client) => ({
    role: client === 0 ? auditor : roleOf(client, roles),
    entities: [client % entities],
  }))
}

/** The auditor was shown the field in every event from the change on, nobody else in any. @throws TrialFailure */
async function checkSightings({ clients }: Trial, { eventsPerSecond, popularity }: Omit<Load, 'seconds'>, seconds: number): Promise<void> {
  const { byRole } = await clients.sighted()
  const others = [...byRole].find(([role]) => role !== auditor)
  if (others !== undefined) throw new TrialFailure(`${others[1]} updates to clients of role ${others[0]} show ${extraField}`)
  // Half of one load and all of another, of which one in so many is about the auditor's entity.
  const expected = Math.floor((1.5 * eventsPerSecond * seconds) / popularity.entities)
  const seen = byRole.get(auditor) ?? 0
  if (Math.abs(seen - expected) > 1)
    throw new TrialFailure(`the auditor was shown ${extraField} in ${seen} updates, and was to be in ${expected}`)
}
