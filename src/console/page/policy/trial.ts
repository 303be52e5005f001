import { effect, signal } from '@preact/signals'
import type { TrialAnswer } from '../../answers.js'
import { changePolicy, policy } from '../knowledge.js'
import { ask, AskError, sentenceOf } from '../session.js'
import { later } from '../surroundings.js'

// What somebody writes on the policy's screen: it is tried out as they write, and is in force once they say so.

/** What is written and not in force; undefined where nothing is. */
export const draft = signal<string | undefined>(undefined)
export const cases = signal('')
/** Of the text, where somebody wants to look who comes from another screen. */
export const lineToShow = signal<number | undefined>(undefined)
export const trial = signal<TrialAnswer | undefined>(undefined)
/** Why what was asked for last has failed, as a sentence. */
export const fault = signal<string | undefined>(undefined)
/** Texts that were in force: those before the one that is, the latest last, and those that were undone, the next one last. */
export const undoable = signal<readonly string[]>([])
export const redoable = signal<readonly string[]>([])

/** A text may have two megabytes; nobody goes further back. */
const stepsMax = 20

/** Whoever types is not asked after for each key. */
const restMs = 250
const busyMs = 1000

let isBegun = false
let asked = 0
let lastChange: Promise<void> = Promise.resolve()

/** Tries out whatever is written from now on. */
export function beginTrials(): void {
  if (isBegun) return
  isBegun = true
  effect(() => {
    const body = { text: draft.value ?? policy.value?.text, cases: cases.value }
    if (body.text === undefined) return
    tryLater(restMs, body, ++asked)
  })
}

function tryLater(ms: number, body: object, turn: number): void {
  later(ms, () => {
    if (turn === asked) void tryOut(body, turn)
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
    const isBusy = error instanceof AskError && error.status === 429
    if (!isBusy) fault.value = sentenceOf(error)
    // Whoever does not answer now may do so later; an answer stays what it is.
    if (isBusy || !(error instanceof AskError)) tryLater(busyMs, body, turn)
  }
}

/** Puts a text in force, instead of what is written. What was before it can be had again. */
export function put(text: string): Promise<void> {
  return inTurn(async () => {
    if (await isChanged(() => text)) draft.value = undefined
  })
}

/** Puts in force what is made of the text that is, and leaves what is written as it is. What was before it can be had again. */
export function amend(change: (text: string) => string): Promise<void> {
  return inTurn(async () => {
    await isChanged(change)
  })
}

export function undo(): Promise<void> {
  return inTurn(() => step(undoable, redoable))
}

export function redo(): Promise<void> {
  return inTurn(() => step(redoable, undoable))
}

/** Whoever presses twice means what is in force after the first press. */
function inTurn(change: () => Promise<void>): Promise<void> {
  return (lastChange = lastChange.then(change))
}

async function isChanged(change: (text: string) => string): Promise<boolean> {
  const before = policy.peek()?.text
  if (before === undefined) return false
  const text = change(before)
  if (!(await isInForce(text))) return false
  if (text !== before) {
    undoable.value = withLatest(undoable.value, before)
    redoable.value = []
  }
  return true
}

async function step(from: typeof undoable, to: typeof undoable): Promise<void> {
  const [text, now] = [from.value.at(-1), policy.peek()?.text]
  if (text === undefined || now === undefined || !(await isInForce(text))) return
  from.value = from.value.slice(0, -1)
  to.value = withLatest(to.value, now)
  draft.value = undefined
}

function withLatest(texts: readonly string[], text: string): readonly string[] {
  return [...texts.slice(1 - stepsMax), text]
}

async function isInForce(text: string): Promise<boolean> {
  const answer = await saidBy(() => changePolicy(text))
  return answer !== undefined && answer.refused === undefined
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
