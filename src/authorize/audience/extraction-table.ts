import type { EntityData } from '../../decode/change-event.js'
import type { ComparisonValue, EntitySchema, Extraction } from '../../decode/entity-schema.js'
import { LeafSetTable } from './leaf-set-table.js'

/** As many as there are different sets of leaves in a policy's conditions; a policy with more of them reads some events twice. */
const extractionsPerSchemaMax = 256

export type Values = Readonly<Record<string, ComparisonValue>>

/** What conditions ask of events, read once an event however many audiences ask for the same leaves. */
export class ExtractionTable {
  private readonly extractions = new LeafSetTable<SharedExtraction>(extractionsPerSchemaMax)
  private readonly current = new CurrentEvent()

  /** @param leaves in rising order. */
  of(schema: EntitySchema, leaves: readonly number[]): SharedExtraction {
    return this.extractions.get(schema, leaves, () => new SharedExtraction(schema.extractionOf(new Set(leaves)), this.current))
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
