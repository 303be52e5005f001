import { shownText } from '../../policy/role-view.js'
import type { ViewChange } from '../../policy/view-changes.js'
import type { Paint } from '../paint.js'
import { printable } from '#text/printable.js'
import { textTable } from '../text-table.js'

const words = { wider: 'more', other: 'other', narrower: 'less' } as const

/** A line for each field that a role sees more, less or otherwise of. */
export function changesText(changes: readonly ViewChange[], paint: Paint): string {
  if (changes.length === 0) return 'Every role sees the same.\n'
  const painted = { wider: paint.added, other: paint.changed, narrower: paint.gone }
  return textTable(
    changes.map(({ kind, role, entityType, path, tags, before, after }) => [
      painted[kind](words[kind].padEnd(5)),
      printable(role),
      printable(`${entityType}.${path}${tags.map((tag) => ` (${tag})`).join('')}`),
      printable(`${shownText(before)} -> ${shownText(after)}`),
    ]),
  )
}
