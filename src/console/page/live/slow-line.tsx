import { ask } from '../session.js'
import type { Column } from './column.js'
import { neighbourOf } from './people.js'

/** Makes one person read slowly, or as before: the gateway then leaves out changes for them alone, and says how many. */
async function setPace(column: Column, isOn: boolean): Promise<void> {
  const before = column.slow.value
  column.slow.value = { isOn, leftOut: isOn ? 0 : (before?.leftOut ?? 0) }
  const { person, clientId } = column
  await ask('sample/reader', { sub: person.sub, client_id: clientId, slowly: isOn }).catch(() => (column.slow.value = before))
}

export function SlowButton({ column }: { readonly column: Column }) {
  const isOn = column.slow.value?.isOn === true
  const isLive = column.connection.value.status === 'live'
  return (
    <button type="button" class="small" aria-pressed={isOn} disabled={!isLive} onClick={() => void setPace(column, !isOn)}>
      {isOn ? 'Read normally' : 'Read slowly'}
    </button>
  )
}

/** What they were told last, how far the person beside them is, and how many changes were left out for them. */
export function SlowLine({ column }: { readonly column: Column }) {
  const slow = column.slow.value
  if (slow === undefined) return null
  const other = neighbourOf(column)
  const isRight = other === undefined || column.latestTime() >= other.latestTime()
  const state = slow.isOn ? 'reads slowly' : isRight ? 'right again' : 'catches up'
  return (
    <small class="slow">
      <span role="status">{state}</span> · told last of {timeText(column.latestTime())}
      {other && `, ${other.person.name} of ${timeText(other.latestTime())}`} · <span class="figure">{slow.leftOut}</span> changes left out
    </small>
  )
}

function timeText(time: string): string {
  return time === '' ? 'nothing' : new Date(time).toLocaleTimeString('en-GB')
}
