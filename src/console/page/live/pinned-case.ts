import type { CaseAnswer } from '../../answers.js'
import { cases } from '../policy/trial.js'
import { ask } from '../session.js'
import type { Column } from './column.js'
import { columns } from './people.js'

/**
 * A case for `sluice policy test` that holds what this person is shown of the entity now. The event in it is what all people here are shown
 * together; what none of them is has a plain value.
 */
async function caseOf(column: Column, path: string): Promise<string> {
  const { person, rights } = column
  const entity_type = rights.value?.entity_type ?? ''
  const shown = column.shownPaths()
  const name = `${person.name} ${shown.includes(path) ? 'sees' : 'does not see'} ${entity_type}.${path}`
  const event = columns.value.map((one) => one.data()).reduce(merged, undefined)
  const body = { name, user: claimsOf(person.token), entity_type, event: event ?? {}, shown }
  return (await ask<CaseAnswer>('case', body)).text
}

/** Keeps it with the cases of the policy's screen, and copies it for a file. Answers whether the browser lets it. */
export async function pinCase(column: Column, path: string): Promise<boolean> {
  const text = await caseOf(column, path)
  cases.value = cases.value === '' ? text : `${cases.value.trimEnd()}\n${text}`
  return await copied(text)
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Without a secure context there is no clipboard, and a browser may ask its user first.
    return false
  }
}

/** What a token says, for its owner; the gateway alone verifies it. */
function claimsOf(token: string): object {
  const bytes = Uint8Array.from(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes)) as object
}

/** Whatever either is shown. Items of a list of which one is hidden from somebody are null to them. */
function merged(one: unknown, other: unknown): unknown {
  if (one === undefined || one === null) return other ?? one
  if (Array.isArray(one) && Array.isArray(other)) return one.map((item, index) => merged(item, other[index]))
  if (typeof one !== 'object' || typeof other !== 'object' || other === null) return one
  const [mine, theirs] = [one as Record<string, unknown>, other as Record<string, unknown>]
  return Object.fromEntries(
    [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].map((name) => [name, merged(mine[name], theirs[name])]),
  )
}
