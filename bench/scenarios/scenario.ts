import type { Lab } from '../harness/lab.js'
import type { ScenarioResult } from '../report/result.js'
import type { Knobs } from './knobs.js'

/** One question, asked of the gateway and of others beside it. */
export interface Scenario {
  readonly name: string
  /** One sentence. */
  readonly question: string
  /** Whether it runs where no scenario is named. */
  readonly headline: boolean
  readonly defaults: Partial<Knobs>
  /** Whether it cannot be asked of a gateway whose log is in its own memory. */
  readonly needsKafka?: boolean
  /** Why it cannot be asked with these, in a sentence; undefined where it can. */
  readonly refusal?: (knobs: Knobs) => string | undefined
  /** What `--quick` sets: enough to see that everything still works, never to learn a speed. */
  readonly quick: Partial<Knobs>
  run(bench: BenchRun): Promise<ScenarioResult>
}

export interface BenchRun {
  readonly lab: Lab
  readonly knobs: Knobs
  /** The contenders that are measured, by their names; undefined: all. */
  readonly only: string | undefined
  /** To the terminal, while it runs. */
  readonly progress: (text: string) => void
}
