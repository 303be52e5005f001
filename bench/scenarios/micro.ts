import { measureMicro, microQuestion } from '../micro/micro.js'
import { questions } from '../micro/questions.js'
import type { ScenarioResult } from '../report/result.js'
import type { BenchRun, Scenario } from './scenario.js'

export const micro: Scenario = {
  name: 'micro',
  question: microQuestion,
  headline: false,
  // Of CPU time, for each way of each case.
  defaults: { seconds: 0.2, warmUpSeconds: 0.1 },
  quick: { seconds: 0.001, warmUpSeconds: 0.001, rounds: 1 },
  run,
}

/** Both ways are measured always; `only` names questions. */
function run({ knobs, progress, only }: BenchRun): Promise<ScenarioResult> {
  const { rounds, warmUpSeconds, seconds } = knobs
  const asked = questions.filter(({ name }) => only === undefined || only.split(',').includes(name))
  return measureMicro({ questions: asked, rounds, warmUpMs: warmUpSeconds * 1000, measureMs: seconds * 1000, progress })
}
