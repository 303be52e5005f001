import { createHash } from 'node:crypto'
import { sortedJson } from '#text/sorted-json.js'
import type { CollectionRequest } from './request.js'

/** 132 bits: nobody finds two filters with one id, by chance or by trying. */
const characters = 22

/** The id of a collection, made of what it asks for alone: equal for all users, on every node and after every restart. */
export function collectionId({ entity_type, where, fields }: Pick<CollectionRequest, 'entity_type' | 'where' | 'fields'>): string {
  const shown = fields && [...new Set(fields)].sort()
  return createHash('sha256')
    .update(sortedJson([entity_type, where, shown]))
    .digest('base64url')
    .slice(0, characters)
}
