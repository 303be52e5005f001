import { printable } from '#text/printable.js'
import type { LeafAnswer } from '../../answers.js'

/** What a person is shown at a leaf. */
export interface Cell {
  /** `empty`: there is a list, and nothing in it. `absent`: they are shown nothing at all. */
  readonly kind: 'value' | 'null' | 'empty' | 'hidden' | 'absent'
  readonly text: string
}

export const hidden: Cell = { kind: 'hidden', text: 'hidden' }
export const absent: Cell = { kind: 'absent', text: '' }

/** A page has no use for more of one value. */
const charactersMax = 200
const nothingThere = '–'
const itemsMax = 20

/** What is sent to a person says all that is known of them: where a leaf is not in it, it is hidden from them. */
export function cellOf(data: unknown, leaf: LeafAnswer): Cell {
  const { steps } = leaf
  const values = valuesAt(data, steps).map((value) => (leaf.has_leaves_under && isObject(value) ? undefined : value))
  if (steps.some(({ list }) => list)) return listCell(values, isReached(data, steps))
  const [value] = values
  if (value === undefined) return hidden
  return value === null ? { kind: 'null', text: 'null' } : { kind: 'value', text: scalarText(value) }
}

/** Nothing in a list says neither whether it is hidden nor what it is instead. */
function listCell(values: readonly unknown[], isThere: boolean): Cell {
  if (values.some((value) => value !== undefined && value !== null)) return { kind: 'value', text: listText(values) }
  if (!isThere || values.some((value) => value === undefined)) return hidden
  return { kind: 'empty', text: values.length === 0 ? 'none' : nothingThere }
}

/** Of each item on the way; undefined where there is nothing to be seen. */
function valuesAt(data: unknown, [step, ...rest]: LeafAnswer['steps']): unknown[] {
  if (step === undefined) return [data]
  const value = memberOf(data, step.name)
  // A union may hold nothing where a record could stand.
  if (value === null) return [null]
  if (!step.list || value === undefined) return valuesAt(value, rest)
  if (typeof value !== 'object') return [value]
  const items: unknown[] = Array.isArray(value) ? value : rest.length === 0 ? Object.entries(value).map(pairText) : Object.values(value)
  return items.flatMap((item: unknown) => valuesAt(item, rest))
}

/** Whether the first list on the way is there. */
function isReached(data: unknown, [step, ...rest]: LeafAnswer['steps']): boolean {
  if (step === undefined) return true
  const value = memberOf(data, step.name)
  return value !== undefined && (step.list || isReached(value, rest))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined
}

function pairText([name, value]: [string, unknown]): string {
  return `${name}: ${scalarText(value)}`
}

function listText(values: readonly unknown[]): string {
  const texts = values.slice(0, itemsMax).map((value) => ((value ?? undefined) === undefined ? nothingThere : scalarText(value)))
  const more = values.length > itemsMax ? [`and ${values.length - itemsMax} more`] : []
  return cut([...texts, ...more].join(' · '))
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return cut(value)
  return cut(JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? String(part) : part)).replace(/^"(.*)"$/, '$1'))
}

function cut(text: string): string {
  const start = printable(text.slice(0, charactersMax))
  return text.length > charactersMax ? `${start}… (${text.length} characters)` : start
}
