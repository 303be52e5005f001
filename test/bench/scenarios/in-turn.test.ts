import { test } from 'tap'
import { TrialFailure } from '../../../bench/harness/trial-failure.js'
import { runInTurn } from '../../../bench/scenarios/in-turn.js'
import { scenarios } from '../../../bench/scenarios/scenarios.js'
import { scenario } from '../../support/conventions/bench-reports.js'

const three = scenarios.slice(0, 3)
const never = new Promise<never>(() => undefined)

test('hands back what was measured before a scenario that fails, and runs none after it', async (t) => {
  const begun: string[] = []
  const failing = new TrialFailure('3 of 100 updates have not arrived')
  const run = async ({ name }: { name: string }) => {
    begun.push(name)
    if (begun.length === 2) throw failing
    return scenario(name, [])
  }
  const { results, failed } = await runInTurn(three, run, never)
  t.same(
    results.map((result) => result.scenario),
    [three[0]!.name],
  )
  t.same(failed, { scenario: three[1]!.name, reason: failing.message, error: failing })
  t.equal(begun.length, 2)
})

test('hands back what was measured before an interruption, in the middle of a scenario', async (t) => {
  let interrupt: (error: Error) => void = () => undefined
  const interrupted = new Promise<never>((_resolve, reject) => (interrupt = reject))
  const run = async ({ name }: { name: string }) => {
    if (name === three[0]!.name) return scenario(name, [])
    setImmediate(() => interrupt(new Error('ended by SIGINT')))
    return never
  }
  const { results, failed } = await runInTurn(three, run, interrupted)
  t.equal(results.length, 1)
  t.match(failed, { scenario: three[1]!.name, reason: 'ended by SIGINT' })
})
