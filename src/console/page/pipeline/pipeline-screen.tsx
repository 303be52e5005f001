import { countText } from '../amounts.js'
import { Waiting } from '../waiting.js'
import { Charts } from './charts.js'
import { lag, notWell } from './history.js'
import { Stages } from './stages.js'

export function PipelineScreen() {
  if (notWell.value === undefined) return <Waiting />
  return (
    <section class="pipeline">
      <p class="lead">Where the records are now, and how it went in the last ten minutes.</p>
      <NotWell />
      <Stages />
      <Charts />
      <Lag />
    </section>
  )
}

function NotWell() {
  const all = notWell.value ?? []
  return (
    <section aria-label="What is not well">
      {all.length === 0 ? (
        <p class="is-live">✓ All is well.</p>
      ) : (
        <ul class="not-well">
          {all.map(({ name, sentence, mend }) => (
            <li key={name}>
              <strong class="is-lost">▲ {sentence}</strong> {mend}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** More topics than people read. */
const topicsMax = 50

function Lag() {
  const topics = lag.value.map(({ topic, partitions }) => {
    const all = Object.entries(partitions)
    const behind = all.filter(([, records]) => records > 0)
    return { topic, of: all.length, behind, records: behind.reduce((sum, [, records]) => sum + records, 0) }
  })
  topics.sort((one, other) => other.records - one.records)
  return (
    <table class="rows">
      <caption>Records that wait in Kafka, by topic</caption>
      <thead>
        <tr>
          <th scope="col">topic</th>
          <th scope="col">wait</th>
          <th scope="col">partitions behind</th>
        </tr>
      </thead>
      <tbody>
        {topics.slice(0, topicsMax).map(({ topic, of, behind, records }) => (
          <tr key={topic}>
            <th scope="row">{topic}</th>
            <td data-name="wait">{countText(records)}</td>
            <td data-name="partitions behind">
              {behind.length} of {of}
              {behind.length > 0 && `: ${behind.map(([partition, its]) => `${partition} (${countText(its)})`).join(', ')}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
