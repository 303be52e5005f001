import type { EntityData } from '../../decode/change-event.js'
import type { ComparisonValue, EntitySchema, Extraction } from '../../decode/entity-schema.js'
import { PerSchemaTable } from './per-schema-table.js'

/** As many as there are different sets of paths in a policy's conditions; a policy with more of them reads some events twice. */
const extractionsPerSchemaMax = 256

export type Values = Readonly<Record<string, ComparisonValue>>

/** What conditions ask of events, read once an event however many audiences ask for the same paths. */
export class ExtractionTable {
  private readonly extractions = new PerSchemaTable<SharedExtraction>(extractionsPerSchemaMax)
  private readonly current = new CurrentEvent()

  of(schema: EntitySchema, paths: readonly string[]): SharedExtraction {
    const sorted = [...new Set(paths)].sort()
    return this.extractions.get(schema, sorted.join(), () => new SharedExtraction(schema.extractionOf(sorted), this.current))
  }
}

/** The event being judged: its audiences are asked one after the other. It alone is held on to, not one event for each extraction. */
class CurrentEvent {
  private data: EntityData | null = null
  private number = 0

  /** Another number for each event that is not the one before. */
  numberOf(data: EntityData): number {
    if (data !== this.data) {
      this.data = data
      this.number++
    }
    return this.number
  }
}

export class SharedExtraction {
  private values: Values = {}
  private readAt = 0

  constructor(
    private readonly extract: Extraction,
    private readonly current: CurrentEvent,
  ) {}

  /** @throws BadRecordError */
  valuesOf(data: EntityData): Values {
    const number = this.current.numberOf(data)
    if (number !== this.readAt) {
      this.values = this.extract(data.bytes, data.start)
      this.readAt = number
    }
    return this.values
  }
}
