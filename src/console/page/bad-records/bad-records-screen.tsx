import type { BadRecordAnswer, BadRecordsAnswer } from '../../operation-answers.js'
import { countText, durationText } from '../amounts.js'
import { Copied } from '../copied.js'
import { PauseButton } from '../pause-button.js'
import { polled } from '../polled.js'
import { Waiting } from '../waiting.js'

const { answer } = polled<BadRecordsAnswer>('bad-records', () => 'bad-records')

export function BadRecordsScreen() {
  const now = answer.value
  if (now === undefined) return <Waiting />
  const { counts, records } = now
  const reasons = Object.entries(counts)
  return (
    <section>
      <p class="lead">Records that could not be read. Each is skipped; its neighbours are not.</p>
      {records.length === 0 ? (
        <p class="is-live">✓ None since this process started.</p>
      ) : (
        <>
          <p>Since the start: {reasons.map(([reason, count]) => `${reason} ${countText(count)}`).join(' · ')}</p>
          <div class="toolbar">
            <PauseButton />
            <span class="note">{countText(records.length)} shown, the newest first. Open one to see what to do.</span>
          </div>
          <ul class="bad-records">
            {records.map((record) => (
              <li key={`${record.topic}/${record.partition}/${record.offset}`}>
                <BadRecord record={record} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function BadRecord({ record }: { readonly record: BadRecordAnswer }) {
  const { topic, partition, offset, reason, message, mend, age_s } = record
  return (
    <details>
      <summary>
        <span>{durationText(age_s)} ago</span> <strong>{topic}</strong> partition {partition}, offset {countText(offset)}{' '}
        <span class="is-lost">{reason}</span>
      </summary>
      <p>It was skipped: {message}.</p>
      <p>
        <strong>Do:</strong> {mend}
      </p>
      <p>
        Its bytes, for whoever may read the topic:
        <br />
        <Copied text={`kcat -C -b BROKER -t ${topic} -p ${partition} -o ${offset} -c 1 -e -f '%s' | xxd`} />
      </p>
    </details>
  )
}
