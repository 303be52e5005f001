import type { SchemaChange } from '#tools/schema/compare/schema-changes.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { attributeEvolutions } from './evolutions/attribute-evolutions.js'
import { enumEvolutions } from './evolutions/enum-evolutions.js'
import { type EvolutionRow, fails } from './evolutions/evolution.js'
import { fieldEvolutions } from './evolutions/field-evolutions.js'
import { nestedEvolutions } from './evolutions/nested-evolutions.js'
import { typeEvolutions } from './evolutions/type-evolutions.js'
import { unionEvolutions } from './evolutions/union-evolutions.js'

/** A row of the matrix, with who cannot read any more. */
export interface SchemaEvolution extends EvolutionRow {
  readonly before: EntityFile
  readonly after: EntityFile
  readonly breaks: SchemaChange['breaks']
}

const rows = [fieldEvolutions, typeEvolutions, unionEvolutions, enumEvolutions, nestedEvolutions, attributeEvolutions].flat()

export const schemaEvolutions: readonly SchemaEvolution[] = rows.map((row) => {
  const [before, after] = row.schemas
  const backward = row.old[2] === fails ? (['backward'] as const) : []
  const forward = row.now[2] === fails ? (['forward'] as const) : []
  return { ...row, before, after, breaks: [...backward, ...forward] }
})
