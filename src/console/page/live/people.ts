import { effect, signal } from '@preact/signals'
import type { RightsAnswer, SessionAnswer, TypeAnswer } from '../../answers.js'
import { view } from '../address.js'
import { policy, types } from '../knowledge.js'
import { ask } from '../session.js'
import { Column } from './column.js'

// The people whose views stand side by side, and what they look at together.

export const columns = signal<readonly Column[]>([])
export const isPaused = signal(false)

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

export function beginLive({ people, socket_url }: SessionAnswer): void {
  columns.value = people.map((person) => new Column(person, socket_url, screen))
  effect(followLooked)
  effect(learnRights)
}

export function togglePause(): void {
  isPaused.value = !isPaused.value
  if (!isPaused.value) for (const column of columns.value) column.draw()
}

let followed = ''

function followLooked(): void {
  const at = looked()
  if (at === undefined || at.entityId === '') return
  const { type, entityId } = at
  const what = JSON.stringify([type, entityId, columns.value.length])
  if (what === followed) return
  followed = what
  for (const column of columns.value) column.follow(type.entity_type, entityId, type.leaves)
}

function learnRights(): void {
  const at = looked()
  if (at === undefined || policy.value === undefined) return
  for (const column of columns.value) void learn(column, at.type.entity_type)
}

async function learn(column: Column, entityType: string): Promise<void> {
  const query = new URLSearchParams([['type', entityType], ...column.person.roles.map((role) => ['role', role])])
  column.rights.value = await ask<RightsAnswer>(`rights?${query}`).catch(() => undefined)
}
