import { figures } from '../knowledge.js'
import { columns } from './people.js'

/** The way of a record, with what goes along it now. */
export function Ways() {
  const { now, before } = figures.value ?? {}
  const seconds = now && before ? (now.at_ms - before.at_ms) / 1000 : 0
  const rate = (count: (one: NonNullable<typeof now>) => number): string =>
    now && before && seconds > 0 ? ((count(now) - count(before)) / seconds).toFixed(count(now) - count(before) < 10 * seconds ? 1 : 0) : '–'
  return (
    <p class="ways" aria-label="What goes through the gateway now">
      <span>Kafka</span> <i>─ {rate(({ records }) => records)} records/s ─▶</i> <span>decode</span> <i>─▶</i> <span>mask</span>{' '}
      <i>─ {rate(({ frames }) => frames)} frames/s ─▶</i> <span>{now?.connections ?? columns.value.length} connections</span>
    </p>
  )
}
