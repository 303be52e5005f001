import type { Test } from 'tap'

/** The first seed of simulations: `SIMULATION_SEED=7` begins with another one. */
export const firstSeed = Number(process.env['SIMULATION_SEED'] ?? 1)

/** What one run has shown, and how often it met what it is there to meet. */
export interface Outcome {
  readonly faults: readonly string[]
  readonly met: Readonly<Record<string, number>>
}

/** Fails with the seeds that show faults, and where a case was never met. @param runs unless `SIMULATION_RUNS` asks for more. */
export async function runSeeds(t: Test, runs: number, run: (seed: number) => Promise<Outcome>): Promise<void> {
  const met: Record<string, number> = {}
  const last = firstSeed + Number(process.env['SIMULATION_RUNS'] ?? runs)
  for (let seed = firstSeed; seed < last; seed++) {
    const outcome = await run(seed)
    if (outcome.faults.length > 0) t.fail(`SIMULATION_SEED=${seed}`, { faults: outcome.faults.slice(0, 5) })
    for (const [name, count] of Object.entries(outcome.met)) met[name] = (met[name] ?? 0) + count
  }
  t.comment(JSON.stringify(met))
  t.ok(
    Object.values(met).every((count) => count > 0),
    'each of the cases is met',
    met,
  )
}
