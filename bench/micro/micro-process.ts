import { answer } from '../harness/child.js'
import { measureCases, type MicroBudget } from './measure.js'
import { questions } from './questions.js'

// One question in one round: a process of its own, so that neither what was compiled for others nor what they left behind is measured.

const commands = {
  async measure({ question, ...budget }: MicroBudget & { readonly question: string }) {
    return measureCases(await questions.find(({ name }) => name === question)!.cases(), budget)
  },
}
export type MicroCommands = typeof commands

answer(commands)
