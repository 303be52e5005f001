/** Generated entity records with some of their leaves, and what the plain oracle says of them. */
import fc from 'fast-check'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import { avroCases, type AvroObject, encode, namedTypes } from './avro-cases.js'
import { plainPaths, type Place } from './plain-values.js'

export function parseEntity(schema: object): EntitySchema {
  return parseEntitySchema('thing', { schema: JSON.stringify(schema), references: [] })
}

export function leavesCalled(entity: EntitySchema, ...paths: string[]): LeafSet {
  const leaves = paths.map((path) => entity.leaves.indexOf(path))
  if (leaves.includes(-1)) throw new Error(`of ${paths.join()} the leaves are only ${entity.leaves.join()}`)
  return new Set(leaves)
}

export function allLeaves(entity: EntitySchema): LeafSet {
  return new Set(entity.leaves.keys())
}

export interface EntityCase {
  readonly schema: AvroObject
  readonly value: unknown
  readonly bytes: Buffer
  readonly entity: EntitySchema
  /** What conditions may ask for: leaves, containers, and what lies deeper than leaves are followed. */
  readonly paths: readonly string[]
  readonly leaves: LeafSet
  /** The same leaves for the oracle, at the root of the record. */
  readonly root: Place
}

export const entityCases: fc.Arbitrary<EntityCase> = fc
  .record({ avroCase: avroCases, bits: fc.oneof(fc.constant(0), fc.nat(), fc.constant(-1)) })
  .map(({ avroCase: { schema, value }, bits }) => {
    const entity = parseEntity(schema)
    const leaves = new Set([...entity.leaves.keys()].filter((leaf) => (bits >> (leaf % 31)) & 1))
    const permitted = new Set([...leaves].map((leaf) => entity.leaves[leaf]!))
    const types = namedTypes(schema)
    const paths = plainPaths(schema, types).filter((_path, index) => (bits >> (index % 31)) & 1)
    return { schema, value, bytes: encode(schema, value), entity, leaves, paths, root: { types, permitted, path: '' } }
  })
