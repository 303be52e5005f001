import { createHash } from 'node:crypto'
import { isJsonObject } from '#text/json-object.js'
import type { CollectionRequest } from './request.js'

/** 132 bits: nobody finds two filters with one id, by chance or by trying. */
const characters = 22

/** The id of a collection, made of what it asks for alone: equal for all users, on every node and after every restart. */
export function collectionId({ entity_type, where, fields }: Pick<CollectionRequest, 'entity_type' | 'where' | 'fields'>): string {
  const shown = fields === undefined ? null : [...new Set(fields)].sort()
  return createHash('sha256')
    .update(sortedJson([entity_type, where, shown]))
    .digest('base64url')
    .slice(0, characters)
}

/** With the members of objects sorted at every level, whatever order they were written in. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${sortedJson(value[name])}`).join()}}`
}
