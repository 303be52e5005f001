/**
 * An `entity_update` in bytes: the text that `writeMessage` makes of it, for a server that has the entity's data as something else than
 * an object. Whoever has it writes its JSON in the midst, so that no string of it is ever made.
 */
import { writeTimestamp } from '#avro/iso-text.js'
import type { Operation } from '#entities.js'
import type { JsonOutput } from '#text/json-output.js'

/** What stands behind the data at most: the time of a year with six digits, and around it all the brackets of a batch. */
export const bytesBehindData = 64

const opening = Buffer.from('{"type":"entity_update","entity_id":')
const closing = Buffer.from('}')
const beforeTimestamp = Buffer.from(',"timestamp":"')
const behindTimestamp = Buffer.from('Z"}')

/** All that stands before the data. The type is the name of an entity, which nothing in it need be escaped. */
export function beginUpdate(output: JsonOutput, entityId: string, entityType: string, operation: Operation): void {
  output.raw(opening)
  output.quoted(entityId)
  output.raw(kindText(entityType, operation))
}

/** Behind the data: the message as the seed's dialect has it. */
export function endUpdate(output: JsonOutput): void {
  output.raw(closing)
}

/**
 * The message as `sluice.v1` has it.
 * @param seedText the message as the seed's dialect has it.
 * @param timestampMs since the epoch, a time that JavaScript's Date holds.
 */
export function writeWithTimestamp(output: JsonOutput, seedText: Uint8Array, timestampMs: number): void {
  output.raw(seedText.subarray(0, seedText.length - closing.length))
  output.raw(beforeTimestamp)
  writeTimestamp(output, timestampMs, 3)
  output.raw(behindTimestamp)
}

/** What stands between an entity's id and its data: the same for most events. */
function kindText(entityType: string, operation: Operation): Uint8Array {
  if (entityType !== latest.entityType || operation !== latest.operation) {
    const text = Buffer.from(`,"entity_type":"${entityType}","operation":"${operation}","data":`)
    latest = { entityType, operation, text }
  }
  return latest.text
}

let latest: { readonly entityType: string; readonly operation: Operation | undefined; readonly text: Buffer } = {
  ...{ entityType: '', operation: undefined, text: Buffer.alloc(0) },
}
