import { BadRecordError } from '#errors.js'
import { exactJson } from '#text/exact-json.js'
import { isJsonObject } from '#text/json-object.js'
import { joinedId } from '#entities.js'
import { connectPart, variableDecimalPart } from './connect-part.js'
import { idFieldsIn } from './id-fields.js'

/** The limit of a key's text, which may have its schema beside it; an id is far shorter. */
const charactersMax = 65_536

/** A scalar, or an object of the fields that make up the id; Connect's converter may write `{"schema": ..., "payload": ...}` around either. */
export function jsonKeyId(text: string, idFields: readonly string[] | undefined): string {
  const { payload: key, schema } = unwrapped(parsed(text))
  if (!isJsonObject(key)) return partOf(key, schema) ?? ''
  const parts = idFieldsIn(Object.keys(key), idFields).map((name) => partOf(key[name], fieldIn(schema, name)))
  return parts.length > 0 && parts.every((part) => part !== undefined) ? joinedId(parts) : ''
}

/** The names of a key's fields; none where it is no object. */
export function jsonKeyFields(text: string): readonly string[] {
  if (!looksLikeJson(text)) return []
  const { payload: key } = unwrapped(JSON.parse(text))
  return isJsonObject(key) ? Object.keys(key) : []
}

/** Undefined of null. */
function partOf(value: unknown, schema: unknown): string | undefined {
  if (value === null) return undefined
  return connectPart(value, schema) ?? variableDecimalPart(value) ?? plainPart(value)
}

function plainPart(value: unknown): string {
  if (typeof value === 'string') return value
  if (Number.isFinite(value) || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') throw new BadRecordError('key_invalid', 'its JSON holds a number that is too large')
  throw new BadRecordError('key_invalid', 'its JSON holds an array or an object where a part of the id stands')
}

interface JsonKey {
  readonly payload: unknown
  /** Connect's, undefined where there is none. */
  readonly schema: unknown
}

function unwrapped(json: unknown): JsonKey {
  const isAround = isJsonObject(json) && Object.keys(json).length === 2 && 'schema' in json && 'payload' in json
  return isAround ? { payload: json['payload'], schema: json['schema'] } : { payload: json, schema: undefined }
}

/** What a struct's schema says of one of its fields. */
function fieldIn(schema: unknown, name: string): unknown {
  const fields = isJsonObject(schema) ? schema['fields'] : undefined
  return Array.isArray(fields) ? (fields as readonly unknown[]).find((one) => isJsonObject(one) && one['field'] === name) : undefined
}

function parsed(text: string): unknown {
  if (text.length > charactersMax) throw new BadRecordError('over_limit', `a key of more than ${charactersMax} characters`)
  try {
    return exactJson(text)
  } catch {
    throw new BadRecordError('key_invalid', 'it is no JSON')
  }
}

/** Whether a text is a JSON object or string, which no id looks like. */
export function looksLikeJson(text: string): boolean {
  const [first, last] = [text[0], text.at(-1)]
  if (!(first === '{' && last === '}') && !(first === '"' && last === '"')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
