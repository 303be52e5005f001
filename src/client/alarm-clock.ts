import type { AlarmName, Alarms, LinkEvent } from './link.js'
import type { Surroundings } from './surroundings.js'

/** A timer that is so late was held up by a machine that slept, or a browser that throttles a hidden page. */
const lateMsMax = 10_000

/** One timer serves all alarms of a link. It is not moved for what is due later. Answers what sets them. */
export function makeAlarmClock(around: Surroundings, dispatch: (event: LinkEvent) => void): (alarms: Alarms) => void {
  let [dueMs, alarms, cancel] = [Infinity, {} as Alarms, (): void => undefined]
  const ring = (): void => {
    const nowMs = around.nowMs()
    const isLate = nowMs - dueMs > lateMsMax
    dueMs = Infinity
    for (const [type, alarmMs] of Object.entries(alarms) as [AlarmName, number | undefined][])
      if (alarmMs !== undefined && alarmMs <= nowMs) dispatch({ type, isLate })
    if (isLate) dispatch({ type: 'doubt' })
    set(alarms)
  }
  const set = (next: Alarms): void => {
    alarms = next
    const nextMs = Math.min(...Object.values(alarms).map((alarm) => alarm ?? Infinity))
    if (dueMs <= nextMs && nextMs < Infinity) return
    cancel()
    dueMs = nextMs
    if (dueMs < Infinity) cancel = around.after(Math.max(0, dueMs - around.nowMs()), ring)
  }
  return set
}
