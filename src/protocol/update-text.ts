/**
 * An `entity_update` in bytes: the text that `writeMessage` makes of it, for a server that has the entity's data as something else than
 * an object. Whoever has it writes its JSON in the midst, so that no string of it is ever made.
 */
import { writeTimestamp } from '#avro/iso-text.js'
import type { Operation } from '#entities.js'
import type { JsonOutput } from '#text/json-output.js'

/** What an update tells of the entity: what happened to it, or only how it is. */
export type UpdateOperation = Operation | 'snapshot'

/** What stands behind the data at most: the time of a year with six digits, a cursor or a collection, and the brackets of a batch. */
export const bytesBehindData = 112

const opening = Buffer.from('{"type":"entity_update","entity_id":')
const closing = Buffer.from('}')
const beforeTimestamp = Buffer.from(',"timestamp":"')
const behindTimestamp = Buffer.from('Z"')
const beforeCursor = Buffer.from(',"cursor":')
const beforeSubscription = Buffer.from(',"subscription":')

/** All that stands before the data. The type is the name of an entity, which nothing in it need be escaped. */
export function beginUpdate(output: JsonOutput, entityId: string, entityType: string, operation: UpdateOperation): void {
  output.raw(opening)
  output.quoted(entityId)
  output.raw(kindText(entityType, operation))
}

/** Behind the data: the message as the seed's dialect has it. */
export function endUpdate(output: JsonOutput): void {
  output.raw(closing)
}

/** What only `sluice.v1` says of an update. */
export interface UpdateAdditions {
  /** Since the epoch, a time that JavaScript's Date holds. */
  readonly timestampMs: number
  readonly cursor?: string | undefined
  /** The id of the collection, whose updates have no cursor. */
  readonly subscription?: string | undefined
}

/**
 * The message as `sluice.v1` has it.
 * @param seedText the message as the seed's dialect has it.
 */
export function writeWithAdditions(output: JsonOutput, seedText: Uint8Array, { timestampMs, cursor, subscription }: UpdateAdditions): void {
  output.raw(seedText.subarray(0, seedText.length - closing.length))
  output.raw(beforeTimestamp)
  writeTimestamp(output, timestampMs, 3)
  output.raw(behindTimestamp)
  if (cursor !== undefined) {
    output.raw(beforeCursor)
    output.quoted(cursor)
  }
  if (subscription !== undefined) {
    output.raw(beforeSubscription)
    output.quoted(subscription)
  }
  output.raw(closing)
}

/** What stands between an entity's id and its data: the same for most events. */
function kindText(entityType: string, operation: UpdateOperation): Uint8Array {
  if (entityType !== latest.entityType || operation !== latest.operation) {
    const text = Buffer.from(`,"entity_type":"${entityType}","operation":"${operation}","data":`)
    latest = { entityType, operation, text }
  }
  return latest.text
}

let latest: { readonly entityType: string; readonly operation: UpdateOperation | undefined; readonly text: Buffer } = {
  ...{ entityType: '', operation: undefined, text: Buffer.alloc(0) },
}
