import { Ability } from '@casl/ability'
import { sluice } from '../contenders/sluice.js'
import { higher, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import { permittedOf } from '../workload/policy.js'
import { entityNumbers, inRoundsOfSluice, inShort, measureWarm, setUpOf, withTrial } from './contest.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'How does the cost grow with the size of a frame and with the number of fields?'

export const payload: Scenario = {
  name: 'payload',
  question,
  headline: false,
  defaults: { clients: 100, entities: 4, eventsPerSecond: 1000 },
  quick: { clients: 10, eventsPerSecond: 100, seconds: 0.5, warmUpSeconds: 0.3, rounds: 1 },
  run,
}

interface Size {
  /** Of all fields of the order. */
  readonly fields: number
  readonly extra: ExtraFields
  /** Who sees them: `little` the sequence number alone. */
  readonly role: 'little' | 'all'
}

const plainFields = 12
const sizes: readonly Size[] = [
  { role: 'little', ...withExtra(0, 0) },
  { role: 'all', ...withExtra(0, 0) },
  { role: 'all', ...withExtra(88, 10) },
  { role: 'all', ...withExtra(288, 10) },
  { role: 'little', ...withExtra(288, 10) },
  { role: 'all', ...withExtra(8, 1000) },
  { role: 'all', ...withExtra(8, 8000) },
]
/** As a second's deliveries of the largest would be a gigabyte, larger events come at a lower rate: about as many bytes, and no fewer than this. */
const eventsPerSecondMin = 5
const bytesPlain = 350

const policy = JSON.stringify({
  roles: {
    little: [{ action: 'read', subject: 'order', fields: ['seq'] }],
    all: [{ action: 'read', subject: 'order', fields: ['**'] }],
  },
})

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const book = new RowBook()
  await inRoundsOfSluice(bench, async () => {
    for (const size of sizes) await measureSize(bench, size, book)
  })
  return { scenario: payload.name, question, knobs: { ...bench.knobs }, rows: book.result() }
}

async function measureSize(bench: BenchRun, { fields, extra, role }: Size, book: RowBook): Promise<void> {
  const { clients, entities, burst } = bench.knobs
  const extraData = new OrderVersion(extra).extraData()
  const ability = abilityOf(role)
  const setUp = setUpOf(bench, sluice, () => [], {
    ...{ policy, extra },
    clients: Array.from({ length: clients }, () => ({ role, entities: entityNumbers(entities) })),
    expectedData: (_role, entity, sequence) => permittedOf(ability, entity, sequence, extraData),
  })
  const bytes = bytesPlain + extra.count * (extra.length + 14)
  const eventsPerSecond = Math.max(eventsPerSecondMin, Math.round((bench.knobs.eventsPerSecond * bytesPlain) / bytes))
  await withTrial(bench, setUp, async (trial) => {
    const measured = await measureWarm(bench, trial, { popularity: { kind: 'in-turn', entities, run: 1 }, eventsPerSecond, burst })
    bench.progress(`  ${fields} fields, ${role} seen: ${inShort(measured)}`)
    const bytesPerCpuSecond = higher(measured.bytes / (measured.cpu.user + measured.cpu.system), 'B/s')
    book.add('sluice', { fields, seen: role, extraLength: extra.length }, { ...readingsOf(measured), bytesPerCpuSecond })
  })
}

/** Plain CASL: of all fields, or of the one. */
function abilityOf(role: Size['role']): Ability {
  const rule = { action: 'read', subject: 'order', ...(role === 'little' && { fields: ['seq'] }) }
  return new Ability([rule] as never, { fieldMatcher: (fields) => (field) => (fields as readonly string[]).includes(field) })
}

function withExtra(count: number, length: number): Pick<Size, 'fields' | 'extra'> {
  return { fields: plainFields + count, extra: { count, length } }
}
