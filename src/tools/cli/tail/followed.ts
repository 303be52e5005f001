import { InvalidArgumentError } from 'commander'
import { exactJson } from '#client/exact.js'
import { isJsonObject } from '#text/json-object.js'
import { WrongUseError } from '../wrong-use-error.js'

/** What is followed: an entity, or those of a type that pass a filter. */
export interface Followed {
  /** Undefined of a list. */
  readonly entityId: string | undefined
  /** Undefined for every type that has an entity with this id. */
  readonly entityType: string | undefined
  readonly where?: object | undefined
  readonly fields?: readonly string[] | undefined
}

/** @throws WrongUseError where it is neither the one nor the other. */
export function checkFollowed({ entityId, entityType, where, fields }: Followed): void {
  const isList = where !== undefined || fields !== undefined
  if (entityId !== undefined && isList) throw new WrongUseError('--where and --fields are for lists, which have no entity_id.')
  const isWhole = where !== undefined && entityType !== undefined
  if (entityId === undefined && !isWhole) throw new WrongUseError("An entity_id is needed, or for a list --type and --where ('{}' is all).")
}

/** As people name it. */
export function nameOf({ entityId, entityType, where }: Followed): string {
  return entityId ?? `${entityType} where ${JSON.stringify(where)}`
}

export function whereOption(text: string): object {
  try {
    const where = exactJson('bigint')(text)
    // Throws where a number has more digits than the request could bring.
    JSON.stringify(where)
    if (isJsonObject(where)) return where
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('It must be a JSON object, with integers beyond 2^53 as texts.')
}

/** May be given several times, each with several fields. */
export function fieldsOption(text: string, before: readonly string[] = []): readonly string[] {
  const fields = text.split(',').map((field) => field.trim())
  if (fields.includes('')) throw new InvalidArgumentError('It must be paths and patterns of fields, with commas between them.')
  return [...before, ...fields]
}
