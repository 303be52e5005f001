import { effect, signal } from '@preact/signals'
import type { PolicyAnswer, TrialAnswer } from '../../answers.js'
import { changePolicy, policy } from '../knowledge.js'
import { ask, AskError } from '../session.js'
import { later } from '../surroundings.js'

// What somebody writes on the policy's screen: it is tried out as they write, and is in force once they say so.

/** What is written and not in force; undefined where nothing is. */
export const draft = signal<string | undefined>(undefined)
export const cases = signal('')
export const trial = signal<TrialAnswer | undefined>(undefined)
/** Why what was asked for last has failed, as a sentence. */
export const fault = signal<string | undefined>(undefined)
/** Texts that were in force: those before the one that is, the latest last, and those that were undone, the next one last. */
export const undoable = signal<readonly string[]>([])
export const redoable = signal<readonly string[]>([])

/** Whoever types is not asked after for each key. */
const restMs = 250
const busyMs = 1000

let isBegun = false
let asked = 0

/** Tries out whatever is written from now on. */
export function beginTrials(): void {
  if (isBegun) return
  isBegun = true
  effect(() => {
    const body = { text: draft.value ?? policy.value?.text, cases: cases.value }
    if (body.text === undefined) return
    const turn = ++asked
    later(restMs, () => {
      if (turn === asked) void tryOut(body, turn)
    })
  })
}

async function tryOut(body: object, turn: number): Promise<void> {
  try {
    const answer = await ask<TrialAnswer>('policy/try', body)
    if (turn !== asked) return
    trial.value = answer
    fault.value = undefined
  } catch (error) {
    if (turn !== asked) return
    // Another text is being tried out, this page's former one perhaps.
    if (error instanceof AskError && error.status === 429) later(busyMs, () => void tryOut(body, turn))
    else fault.value = sentenceOf(error)
  }
}

/** Puts a text in force. What was before it can be had again. */
export async function put(text: string): Promise<void> {
  const before = policy.peek()?.text
  const now = await changed(text)
  if (now?.refused !== undefined || before === undefined || before === text) return
  undoable.value = [...undoable.value, before]
  redoable.value = []
}

export async function undo(): Promise<void> {
  await step(undoable, redoable)
}

export async function redo(): Promise<void> {
  await step(redoable, undoable)
}

async function step(from: typeof undoable, to: typeof undoable): Promise<void> {
  const [text, now] = [from.value.at(-1), policy.peek()?.text]
  if (text === undefined || now === undefined || (await changed(text)) === undefined) return
  from.value = from.value.slice(0, -1)
  to.value = [...to.value, now]
}

async function changed(text: string): Promise<PolicyAnswer | undefined> {
  const answer = await saidBy(() => changePolicy(text))
  if (answer !== undefined && answer.refused === undefined) draft.value = undefined
  return answer
}

/** Says why where it fails. */
async function saidBy<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    const answer = await act()
    fault.value = undefined
    return answer
  } catch (error) {
    fault.value = sentenceOf(error)
    return undefined
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof AskError ? error.message : 'The admin port does not answer.'
}
