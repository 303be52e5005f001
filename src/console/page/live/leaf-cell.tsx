import { useComputed } from '@preact/signals'
import { printable } from '#text/printable.js'
import type { LeafAnswer } from '../../answers.js'
import { type Column, markedMs } from './column.js'
import { clock } from './ticking.js'
import { why } from './why-drawer.js'

interface Props {
  readonly column: Column
  readonly leaf: LeafAnswer
  readonly isFirst: boolean
  readonly isChosen: boolean
}

/** A leaf as one person is shown it. */
export function LeafCell({ column, leaf, isFirst, isChosen }: Props) {
  const cell = column.cell(leaf.path)
  // Each of its own, so that a change touches the text alone: whoever selects or reads it keeps their place.
  const text = useComputed(() => cell.value.text)
  const reason = useComputed(() =>
    cell.value.kind === 'hidden' ? reasonOf(column, leaf) : cell.value.kind === 'absent' ? absenceOf(column) : '',
  )
  const told = useComputed(() => (cell.value.kind === 'hidden' ? hiddenText(column, leaf) : undefined))
  const kind = useComputed(() => cell.value.kind)
  const mark = useComputed(() => (cell.value.changedAt > 0 && clock.value - cell.value.changedAt < markedMs ? '◆' : ''))
  const names = useComputed(() => `${kind.value}${mark.value === '' ? '' : ' changed'}${isChosen ? ' chosen' : ''}`)
  const id = column.cellId(leaf.path)
  const open = (): void => {
    if (getSelection()?.isCollapsed !== false) why.value = { column, leaf }
  }
  return (
    <td
      id={id}
      class={names}
      aria-label={told}
      tabIndex={isFirst ? 0 : -1}
      onClick={open}
      onKeyDown={({ key }) => key === 'Enter' && (why.value = { column, leaf })}
    >
      <span class="text">{text}</span> <small class="reason">{reason}</small>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
    </td>
  )
}

/** Why it is hidden, in a few words; the drawer says it whole. */
function reasonOf(column: Column, { path }: LeafAnswer): string {
  const its = column.rightsTo(path)
  if (its === undefined) return ''
  if (its.shown === 'sometimes') return 'by a condition'
  if (its.shown === 'always') return ''
  const last = its.rules.at(-1)
  return last === undefined || last.shows ? 'no rule shows it' : `by policy line ${last.line}`
}

/** The same for whoever hears one cell alone, who is to know of what. */
function hiddenText(column: Column, leaf: LeafAnswer): string {
  return `${printable(leaf.path)} of ${column.person.name}: hidden ${reasonOf(column, leaf)}`
}

/** Why there is neither a value nor something hidden; the head of the column says it whole. */
function absenceOf({ status, wasThere }: Column): string {
  if (status.value !== 'absent') return ''
  return wasThere.value ? 'gone' : 'nothing'
}
