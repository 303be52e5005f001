import { ExtractionTable } from './extraction-table.js'
import { MaskTable } from './mask-table.js'
import type { UndecidedWatch } from '../undecided.js'

/** The tables that all audiences of a policy share for each schema. */
export class SchemaTables {
  readonly masks = new MaskTable()
  readonly extractions: ExtractionTable

  constructor(readonly watch: UndecidedWatch) {
    this.extractions = new ExtractionTable(watch)
  }
}
