import { useSignal } from '@preact/signals'
import { bytesText, countText, millisecondsText, rateText } from '../amounts.js'
import { PauseButton } from '../pause-button.js'
import { type Series, valuesOf } from './history.js'
import { Sparkline } from './sparkline.js'

interface Chart extends Series {
  readonly text: (value: number) => string
}

const charts: readonly Chart[] = [
  { name: 'Records a second', figure: 'records', isCount: true, text: rateText },
  { name: 'Frames a second', figure: 'frames_sent', isCount: true, text: rateText },
  { name: 'Kafka to socket, half within', figure: 'delivery_p50_ms', isCount: false, text: millisecondsText },
  { name: 'Kafka to socket, 99 % within', figure: 'delivery_p99_ms', isCount: false, text: millisecondsText },
  { name: 'Records that wait in Kafka', figure: 'lag', isCount: false, text: countText },
  { name: 'Bytes that wait for clients', figure: 'mailbox_bytes', isCount: false, text: bytesText },
]

const spans = [
  ['1 min', 60],
  ['10 min', 600],
] as const

export function Charts() {
  const seconds = useSignal(60)
  return (
    <>
      <div class="toolbar" role="group" aria-label="Charts">
        {spans.map(([name, length]) => (
          <button type="button" key={name} aria-pressed={seconds.value === length} onClick={() => (seconds.value = length)}>
            {name}
          </button>
        ))}
        <PauseButton />
      </div>
      <ul class="charts">
        {charts.map((chart) => (
          <li key={chart.name}>
            <ChartItem chart={chart} seconds={seconds.value} />
          </li>
        ))}
      </ul>
      <Numbers />
    </>
  )
}

function ChartItem({ chart, seconds }: { readonly chart: Chart; readonly seconds: number }) {
  const { name, text } = chart
  const values = valuesOf(chart, seconds)
  const known = values.filter((value) => value !== null)
  const now = known.length === 0 ? '–' : text(known.at(-1)!)
  const most = known.length === 0 ? '–' : text(Math.max(...known))
  return (
    <>
      <h3>{name}</h3>
      <p>
        <strong class="figure">{now}</strong> <small>most {most}</small>
      </p>
      <Sparkline label={`${name}: ${now} now, ${most} at most`} values={values} of={seconds} />
    </>
  )
}

/** The same for who does not see the lines: the last ten seconds. */
function Numbers() {
  return (
    <details>
      <summary>The last ten seconds in numbers</summary>
      <div class="scrolled" tabIndex={0} role="region" aria-label="The last ten seconds in numbers">
        <table class="numbers">
          <tbody>
            {charts.map((chart) => (
              <tr key={chart.name}>
                <th scope="row">{chart.name}</th>
                {valuesOf(chart, 10).map((value, index) => (
                  <td key={index}>{value === null ? '–' : chart.text(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
