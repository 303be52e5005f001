import { computed, effect, signal } from '@preact/signals'
import type { PipelineAnswer, SampleColumns } from '../../operation-answers.js'
import { polled } from '../polled.js'

// The figures of the last ten minutes: each answer brings those that are new.

const samplesMax = 600

let next = 0
const { answer } = polled<PipelineAnswer>('pipeline', () => `pipeline?since=${next}`)
const columns = signal<SampleColumns>({})

export const lag = computed(() => answer.value?.lag ?? [])
export const notWell = computed(() => answer.value?.not_well)

effect(() => {
  const latest = answer.value
  if (latest === undefined) return
  const fresh = latest.samples['at_ms']!.length
  // A process that was started anew counts from the beginning.
  const isSame = latest.next - fresh === next
  const before = isSame ? columns.peek() : {}
  columns.value = Object.fromEntries(
    Object.entries(latest.samples).map(([name, column]) => [name, [...(before[name] ?? []), ...column].slice(-samplesMax)]),
  )
  next = latest.next
})

/** A figure, or what it grew by in a second where it is a count since the start. */
export interface Series {
  readonly name: string
  readonly figure: string
  readonly isCount: boolean
}

/** The latest values, one a second, the oldest first. */
export function valuesOf({ figure, isCount }: Series, seconds: number): readonly (number | null)[] {
  const column = columns.value[figure] ?? []
  if (!isCount) return column.slice(-seconds)
  const at = columns.value['at_ms']!
  const grown = column.map((count, index) => {
    const [before, was, now] = [column[index - 1], at[index - 1], at[index]]
    return count === null || before === null || before === undefined ? null : (1000 * (count - before)) / (now! - was!)
  })
  return grown.slice(1).slice(-seconds)
}

export function latest(figure: string): number | undefined {
  return columns.value[figure]?.at(-1) ?? undefined
}

/** Seconds over which a rate is taken: less flickers. */
const rateSeconds = 5

/** What a count grew by in a second, lately. */
export function rateOf(figure: string): number | undefined {
  const values = valuesOf({ name: figure, figure, isCount: true }, rateSeconds).filter((value) => value !== null)
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
