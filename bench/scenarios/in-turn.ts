import type { Failure, ScenarioResult } from '../report/result.js'
import type { Scenario } from './scenario.js'

/** What has come of a run: with a failure, the results before it. */
export interface Outcome {
  readonly results: readonly ScenarioResult[]
  readonly failed?: Failure & { readonly error: unknown }
}

/**
 * Runs one scenario after the other, until one fails or `interrupted` rejects. What was measured before is handed back all the same: it
 * has taken up to 20 minutes.
 */
export async function runInTurn(
  scenarios: readonly Scenario[],
  run: (scenario: Scenario) => Promise<ScenarioResult>,
  interrupted: Promise<never>,
): Promise<Outcome> {
  const results: ScenarioResult[] = []
  for (const scenario of scenarios) {
    try {
      results.push(await Promise.race([run(scenario), interrupted]))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { results, failed: { scenario: scenario.name, reason, error } }
    }
  }
  return { results }
}
