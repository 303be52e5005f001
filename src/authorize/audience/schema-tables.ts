import { ExtractionTable } from './extraction-table.js'
import { MaskTable } from './mask-table.js'

/** What all audiences of a policy share for each schema. */
export class SchemaTables {
  readonly masks = new MaskTable()
  readonly extractions = new ExtractionTable()
}
