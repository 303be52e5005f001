import { Child } from '../harness/child.js'
import { lower } from '../harness/readings.js'
import { RowBook } from '../harness/row-book.js'
import type { ScenarioResult } from '../report/result.js'
import type { MicroBudget } from './measure.js'
import type { MicroQuestion } from './micro-case.js'
import type { MicroCommands } from './micro-process.js'

export interface MicroOptions extends Omit<MicroBudget, 'plainFirst'> {
  readonly questions: readonly MicroQuestion[]
  readonly rounds: number
  /** To the terminal, while it runs. */
  readonly progress: (text: string) => void
}

export const microQuestion = 'What do the steps of the way cost by themselves, each beside the plain way to do it?'

/**
 * Each round asks each question in a fresh process; the two ways take turns in being the first one.
 * @throws Error where two ways come to different answers.
 */
export async function measureMicro({ questions, rounds, warmUpMs, measureMs, progress }: MicroOptions): Promise<ScenarioResult> {
  const book = new RowBook()
  for (let round = 0; round < rounds; round++) {
    for (const { name } of questions) {
      progress(`round ${round + 1} of ${rounds}: ${name}`)
      const readings = await inFreshProcess((child) =>
        child.ask('measure', { question: name, warmUpMs, measureMs, plainFirst: round % 2 === 1 }),
      )
      for (const { caseName, contender, nanosecondsPerOperation } of readings)
        book.add(contender, { case: `${name}, ${caseName}` }, { nanosecondsPerOperation: lower(nanosecondsPerOperation, 'ns') })
    }
  }
  const notes = questions.map(({ name, question }) => `${name}: ${question}`)
  return { scenario: 'micro', question: microQuestion, knobs: { rounds, warmUpMs, measureMs }, rows: book.result(), notes }
}

async function inFreshProcess<T>(ask: (child: Child<MicroCommands>) => Promise<T>): Promise<T> {
  const child = Child.start<MicroCommands>('bench/micro/micro-process')
  try {
    return await ask(child)
  } finally {
    await child.stop()
  }
}
