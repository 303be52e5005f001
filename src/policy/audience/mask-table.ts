import type { EntitySchema, LeafSet, Projection } from '#avro/entity-schema.js'
import type { JsonOutput } from '#text/json-output.js'
import type { Mask } from '../rights.js'
import { PerSchemaTable } from './per-schema-table.js'

/**
 * A mask holds a compiled projection of some kilobytes. A policy that needs more masks for a schema shares fewer frames, and nothing else
 * changes.
 */
const masksPerSchemaMax = 1024

/** The masks of a policy: audiences that see the same leaves get the same mask, and so the same frame. */
export class MaskTable {
  private readonly masks = new PerSchemaTable<Mask>(masksPerSchemaMax)

  private made = 0

  /** How many were made, those included that were forgotten. */
  get size(): number {
    return this.made
  }

  /** Undefined where there is no leaf. @param leaves in rising order. */
  sharedMask(schema: EntitySchema, leaves: readonly number[]): Mask | undefined {
    if (leaves.length === 0) return undefined
    return this.masks.get(schema, leaves.join(), () => {
      this.made++
      return new SchemaMask(schema, new Set(leaves))
    })
  }
}

class SchemaMask implements Mask {
  private projection: Projection | undefined

  constructor(
    readonly schema: EntitySchema,
    readonly leaves: LeafSet,
  ) {}

  /** Compiled when it is first needed: a mask that only meets deletes needs no projection. */
  project(bytes: Buffer, start: number, output: JsonOutput): void {
    this.projection ??= this.schema.projectionOf(this.leaves)
    this.projection(bytes, start, output)
  }
}
