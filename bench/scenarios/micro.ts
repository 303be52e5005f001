import { InvalidArgumentError } from 'commander'
import type { MicroQuestion } from '../micro/micro-case.js'
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

function run({ knobs, progress, only }: BenchRun): Promise<ScenarioResult> {
  const { rounds, warmUpSeconds, seconds } = knobs
  return measureMicro({ questions: askedBy(only), rounds, warmUpMs: warmUpSeconds * 1000, measureMs: seconds * 1000, progress })
}

/** Both ways are measured always; what is chosen here are the questions. @throws InvalidArgumentError */
function askedBy(only: string | undefined): readonly MicroQuestion[] {
  if (only === undefined) return questions
  return only.split(',').map((asked) => {
    const found = questions.find(({ name }) => name === asked)
    if (found === undefined)
      throw new InvalidArgumentError(`There is no question "${asked}"; there are ${questions.map(({ name }) => name).join(', ')}.`)
    return found
  })
}
