import { computed, signal } from '@preact/signals'
import type { FiguresAnswer, PendingAnswer, PolicyAnswer, TypeAnswer, TypesAnswer } from '../answers.js'
import { ask, AskError, endSession, sentenceOf, session } from './session.js'
import { whileSeen } from './surroundings.js'

// What the page knows of the gateway: figures, asked for once a second while somebody looks, and types and rules when these say that they
// have changed.

export const types = signal<readonly TypeAnswer[]>([])
/** Fields that no rule names. */
export const pending = signal<readonly PendingAnswer[]>([])
export const policy = signal<PolicyAnswer | undefined>(undefined)
export const figures = signal<{ readonly now: FiguresAnswer; readonly before: FiguresAnswer | undefined } | undefined>(undefined)
/** Why what was asked for last is not known, as a sentence. */
export const trouble = signal<string | undefined>(undefined)
/** Whether types and rules have been told at all. */
export const isTold = computed(() => figures.value !== undefined)

const everyMs = 1000

/** Goes on until what is returned is called. */
export function watchGateway(): () => void {
  void look()
  return whileSeen(everyMs, () => void look())
}

let isStale = false

/** Looks for new versions although the figures do not say that there are any yet. */
export function refreshTypes(): void {
  isStale = true
}

async function learnTypes(): Promise<void> {
  const answer = await ask<TypesAnswer>('types')
  isStale = false
  types.value = answer.types
  pending.value = answer.pending
}

async function look(): Promise<void> {
  try {
    const now = await ask<FiguresAnswer>('figures')
    const before = figures.peek()?.now
    if (before?.policy_hash !== now.policy_hash || policy.peek() === undefined) policy.value = await ask<PolicyAnswer>('policy')
    const isSame = before?.schemas === now.schemas && before.policy_hash === now.policy_hash
    if (!isSame || isStale || types.peek().length === 0) await learnTypes()
    figures.value = { now, before }
    trouble.value = undefined
  } catch (error) {
    if (error instanceof AskError && error.status === 401) endSession(isOver())
    else trouble.value = sentenceOf(error)
  }
}

function isOver(): string {
  const state = session.peek()
  return state.status === 'open' && state.answer.place !== 'gateway'
    ? 'It was started anew; open the address that it prints.'
    : 'This token does not count any more.'
}

/** Puts a text in force, and knows at once what it changes. */
export async function changePolicy(text: string): Promise<PolicyAnswer> {
  const answer = await ask<PolicyAnswer>('policy', { text })
  policy.value = answer
  return answer
}
