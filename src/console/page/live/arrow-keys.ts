import type { TargetedKeyboardEvent } from 'preact'

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** By arrows from cell to cell, as tables that can be walked through do; one cell of it is reached by Tab. */
export function moveByKeys(event: TargetedKeyboardEvent<HTMLTableElement>): void {
  const step = steps[event.key]
  const from = (event.target as HTMLElement).closest('td')
  if (step === undefined || from === null) return
  const row = from.parentElement as HTMLTableRowElement
  const rows = [...row.parentElement!.children] as HTMLTableRowElement[]
  const to = rows[rows.indexOf(row) + step[0]]?.cells[from.cellIndex + step[1]]
  if (!(to instanceof HTMLTableCellElement) || to.tagName !== 'TD') return
  event.preventDefault()
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
