import type { EntityVersion } from '#avro/entity-data.js'
import { JsonOutput, OutputFullError } from '#text/json-output.js'
import type { Mask } from './rights.js'

const output = new JsonOutput()
const nothingLength = '{}'.length

/** Whether the permitted leaves have a place in this version. @throws BadRecordError */
export function showsSome(mask: Mask, { data }: EntityVersion): boolean {
  output.clear()
  try {
    mask.project(data!.bytes, data!.start, output)
  } catch (error) {
    if (error instanceof OutputFullError) return true
    throw error
  }
  return output.length > nothingLength
}

/** The JSON of what a version shows. @throws BadRecordError also where it would be longer than this. */
export function textUnder(mask: Mask, { data }: EntityVersion, bytesMax?: number): Buffer {
  output.clear(bytesMax)
  mask.project(data!.bytes, data!.start, output)
  return output.copy()
}

/** The same; undefined where it would be longer. @throws BadRecordError */
export function textWithin(bytesMax: number, mask: Mask, version: EntityVersion): Buffer | undefined {
  try {
    return textUnder(mask, version, bytesMax)
  } catch (error) {
    if (error instanceof OutputFullError) return undefined
    throw error
  }
}
