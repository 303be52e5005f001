import { effect, signal } from '@preact/signals'
import type { RightsAnswer, SessionAnswer, TokenAnswer, TypeAnswer } from '../../answers.js'
import { view } from '../address.js'
import { printable } from '#text/printable.js'
import { policy, trouble, types } from '../knowledge.js'
import { isPaused } from '../pause.js'
import { ask, sentenceOf, session } from '../session.js'
import { Column } from './column.js'

// The people whose views stand side by side, and what they look at together.

export const columns = signal<readonly Column[]>([])
/** Side by side there is room for no more. */
export const peopleMax = 6

const screen = {
  isPaused: () => isPaused.value,
  isHeld(cellId: string): boolean {
    const selection = getSelection()
    const cell = selection?.isCollapsed === false ? document.getElementById(cellId) : null
    return cell !== null && selection!.containsNode(cell, true)
  },
}

/** What is looked at; the first example where the address does not say. */
export function looked(): { readonly type: TypeAnswer; readonly entityId: string } | undefined {
  const { entityType, entityId } = view.value
  const type =
    types.value.find((one) => one.entity_type === entityType) ?? types.value.find(({ examples }) => examples.length > 0) ?? types.value[0]
  return type && { type, entityId: entityId ?? type.examples[0] ?? '' }
}

/** Goes on until what is returned is called: then nobody's token is known here any more. */
export function beginLive({ people, socket_url }: SessionAnswer): () => void {
  columns.value = people.map((person) => new Column(person, socket_url, screen))
  const ends = [effect(followLooked), effect(drawUnlessPaused), effect(learnRights)]
  return () => {
    for (const end of ends) end()
    for (const column of columns.peek()) removePerson(column)
  }
}

function drawUnlessPaused(): void {
  if (!isPaused.value) for (const column of columns.peek()) column.draw()
}

/** Adds somebody by a token of theirs. Answers why that cannot be, if so, as a sentence. */
export async function addPerson(token: string): Promise<string | undefined> {
  const state = session.peek()
  if (state.status !== 'open') return undefined
  try {
    const { sub, roles } = await ask<TokenAnswer>('token', { token })
    const person = { sub, name: freeName(sub), sees: 'by a token of their own', roles, token }
    columns.value = [...columns.value, new Column(person, state.answer.socket_url, screen)]
    return undefined
  } catch (error) {
    return sentenceOf(error)
  }
}

export function removePerson(column: Column): void {
  columns.value = columns.value.filter((one) => one !== column)
  column.close()
}

/** Somebody else who is connected, to whom nothing has happened. */
export function neighbourOf(column: Column): Column | undefined {
  return columns.value.find((one) => one !== column && one.connection.value.status === 'live')
}

const nameCharactersMax = 40

/** Somebody may stand there twice, by tokens with other roles. */
function freeName(sub: string): string {
  const name = printable(sub.slice(0, nameCharactersMax))
  const taken = columns.value.map(({ person }) => person.name)
  let free = name
  for (let n = 2; taken.includes(free); n++) free = `${name} (${n})`
  return free
}

function followLooked(): void {
  const at = looked()
  if (at === undefined || at.entityId === '') return
  const { type, entityId } = at
  for (const column of columns.value) column.follow(type.entity_type, entityId, type.leaves)
}

function learnRights(): void {
  const at = looked()
  if (at === undefined || policy.value === undefined) return
  const { entity_type } = at.type
  for (const column of columns.value) {
    if (column.rights.peek()?.entity_type !== entity_type) column.rights.value = undefined
    // What is known stands until the port answers again.
    if (trouble.value === undefined) void learn(column, entity_type)
  }
}

async function learn(column: Column, entityType: string): Promise<void> {
  const query = new URLSearchParams([['type', entityType], ...column.person.roles.map((role) => ['role', role])])
  column.rights.value = await ask<RightsAnswer>(`rights?${query}`).catch(() => undefined)
}
