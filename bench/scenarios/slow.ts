import type { RunningServer } from '../contenders/contender.js'
import { sluice } from '../contenders/sluice.js'
import { pause } from '../harness/monotonic.js'
import { neither, readingsOf } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ClientSketch } from '../harness/client-sketch.js'
import type { Load, Measured } from '../harness/measured.js'
import type { Trial } from '../harness/trial.js'
import type { ScenarioResult } from '../report/result.js'
import { answered, goalOf, inRoundsOfSluice, inShort, medianAt, roleOf, setUpOf, withTrial } from './contest.js'
import type { Knobs } from './knobs.js'
import type { BenchRun, Scenario } from './scenario.js'

const question = 'Do clients that read slowly, but within their mailbox, slow the others down?'

export const slow: Scenario = {
  name: 'slow',
  question,
  headline: false,
  defaults: { clients: 1000, entities: 5, eventsPerSecond: 200, seconds: 10, rounds: 7 },
  quick: { clients: 100, eventsPerSecond: 20, seconds: 1, warmUpSeconds: 0.3, rounds: 1 },
  refusal: ({ clients, entities }) =>
    Math.min(clients, entities) < 2 ? 'It takes two clients and two entities at least, one for the slow.' : undefined,
  run,
}

/** One client of so many is of those who read slowly, or in the other half of each round as fast as all. */
const oneOf = 100
/**
 * Of all events, those about an entity that they alone watch. The kernel takes 4 MB for a socket on one machine before a frame waits in a
 * mailbox: with the events of the others alone, a slow reader would be minutes late before the gateway noticed.
 */
const hotShare = 15 / 16
/** Of what comes, a slow reader takes so much. */
const shareTaken = 0.1
/** What a delivery takes on the wire, about. */
const bytesPerDelivery = 330
const mailboxAskedEveryMs = 500
/** As much as can be configured: a slow reader is not to be closed. */
const mailboxBytesMax = 256 * 1024 * 1024
/** With less than that, no mailbox had anything to hold but what is on its way. */
const mailboxBytesMin = 5_000_000

async function run(bench: BenchRun): Promise<ScenarioResult> {
  const { entities, burst, seconds, warmUpSeconds } = bench.knobs
  const book = new RowBook()
  const load = { popularity: { kind: 'hot', entities, share: hotShare }, eventsPerSecond: rateOf(bench.knobs), burst } as const
  const env = { MAILBOX_BYTES_MAX: String(mailboxBytesMax) }
  let slowShares = [0, 1 / oneOf]
  await inRoundsOfSluice(bench, async () => {
    for (const slowShare of slowShares) {
      await withTrial(
        bench,
        setUpOf(bench, sluice, () => [], { clients: clientsOf(bench.knobs, slowShare > 0), env }),
        async (trial) => {
          await trial.measure({ ...load, seconds: warmUpSeconds })
          const [measured, mailboxBytes] = await measureWithMailboxes(trial, { ...load, seconds })
          bench.progress(`  ${slowShare * 100} % slow: ${inShort(measured)}; ${Math.round(mailboxBytes / 1e6)} MB in mailboxes`)
          book.add('sluice', { slowShare }, { ...readingsOf(measured), mailboxBytesMost: neither(mailboxBytes, 'B') })
        },
      )
    }
    slowShares = slowShares.toReversed()
  })
  const rows = book.result()
  const p99 = (slowShare: number) => medianAt(rows, 'sluice', 'latencyP99Ms', { slowShare })
  const mailboxBytes = medianAt(rows, 'sluice', 'mailboxBytesMost', { slowShare: 1 / oneOf })
  const goals = answered([
    goalOf('p99 of the others', p99(1 / oneOf), 'at most', Math.max(1.2 * p99(0), p99(0) + 3), 'ms'),
    goalOf('in mailboxes meanwhile', mailboxBytes, 'at least', mailboxBytesMin, 'B'),
  ])
  return { scenario: slow.name, question, knobs: { ...bench.knobs }, rows, goals }
}

/** Of all events in a second, of which the others watch but a share. */
function rateOf({ eventsPerSecond }: Knobs): number {
  return eventsPerSecond / (1 - hotShare)
}

/** All watch the same entities, and some one more; the latencies of these do not count. */
export function clientsOf(knobs: Knobs, someAreSlow: boolean): ClientSketch[] {
  const { clients, roles, entities } = knobs
  const common = Array.from({ length: entities - 1 }, (_none, nth) => nth + 1)
  const bytesPerSecond = rateOf(knobs) * bytesPerDelivery * shareTaken
  return Array.from({ length: clients }, (_none, client) => {
    const role = roleOf(client, roles)
    if (client % oneOf !== 1) return { role, entities: common }
    return { role, timed: false, entities: [0, ...common], ...(someAreSlow && { bytesPerSecond }) }
  })
}

/** Answers as well the most that was seen in all mailboxes. */
async function measureWithMailboxes(trial: Trial, load: Load): Promise<[Measured, number]> {
  const over = new AbortController()
  const measured = trial.measure(load).finally(() => over.abort())
  return await Promise.all([measured, mostInMailboxes(trial.server, over.signal)])
}

async function mostInMailboxes(server: RunningServer, until: AbortSignal): Promise<number> {
  let most = 0
  for (;;) {
    await pause(mailboxAskedEveryMs)
    if (until.aborted) return most
    most = Math.max(most, (await server.counts()).mailboxBytes ?? 0)
  }
}
