import type { Audience, Mask } from '#policy/rights.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Judge } from './judge.js'

/** Whether somebody may be shown something of a version: nothing of what is gone, or of a type that is not streamed. */
export function mayShow(version: ChangeEvent): boolean {
  return !version.hidden && version.operation !== 'delete' && version.data !== null
}

/** Under which mask an audience is shown a version; undefined where it is shown nothing, or cannot be judged. @throws BadRecordError */
export function maskOn(version: ChangeEvent, audience: Audience | undefined, judge: Judge): Mask | undefined {
  if (audience === undefined || !mayShow(version)) return undefined
  const mask = judge.maskFor(audience, version)
  return mask === 'unknown' ? undefined : mask
}
