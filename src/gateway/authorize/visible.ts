import type { Audience, Mask } from '#policy/rights.js'
import { JsonOutput, OutputFullError } from '#text/json-output.js'
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

const output = new JsonOutput()
const nothingLength = '{}'.length

/** Whether the permitted leaves have a place in this version. @throws BadRecordError */
export function showsSome(mask: Mask, { data }: ChangeEvent): boolean {
  output.clear()
  try {
    mask.project(data!.bytes, data!.start, output)
  } catch (error) {
    if (error instanceof OutputFullError) return true
    throw error
  }
  return output.length > nothingLength
}

/** The JSON of what a version shows. @throws BadRecordError */
export function textUnder(mask: Mask, { data }: ChangeEvent): Buffer {
  output.clear()
  mask.project(data!.bytes, data!.start, output)
  return output.copy()
}
