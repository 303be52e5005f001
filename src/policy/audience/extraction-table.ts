import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema, Extraction } from '#avro/entity-schema.js'
import { JudgedValue } from '../rules/judged-value.js'
import { nobodyWatches, type UndecidedWatch } from '../undecided.js'
import { PerSchemaTable } from './per-schema-table.js'

/** As many as there are different sets of paths in a policy's conditions; a policy with more of them reads some events twice. */
const extractionsPerSchemaMax = 256

/** What an event holds at the paths that were asked for. */
export interface EventValues {
  readonly judged: JudgedValue
  /** The paths at which it holds what is not known, or too much: conditions on them are undecided. */
  readonly unknown: ReadonlySet<string>
}

/** What conditions ask of events, read once an event however many audiences ask for the same paths. */
export class ExtractionTable {
  private readonly extractions = new PerSchemaTable<SharedExtraction>(extractionsPerSchemaMax)
  private readonly current = new CurrentEvent()

  constructor(private readonly watch: Pick<UndecidedWatch, 'byEvent'> = nobodyWatches) {}

  of(schema: EntitySchema, paths: readonly string[]): SharedExtraction {
    const sorted = [...new Set(paths)].sort()
    const noteUnknown = () => this.watch.byEvent(schema)
    return this.extractions.get(schema, sorted.join(), () => new SharedExtraction(schema.extractionOf(sorted), this.current, noteUnknown))
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

const noPaths: ReadonlySet<string> = new Set()
/** Of an event of which nothing is asked. */
export const nothing: EventValues = { judged: new JudgedValue({}), unknown: noPaths }

export class SharedExtraction {
  private values: EventValues = nothing
  private readAt = 0
  /** Made anew only where an event has put something in. */
  private unknown = new Set<string>()

  constructor(
    private readonly extract: Extraction,
    private readonly current: CurrentEvent,
    private readonly noteUnknown: () => void,
  ) {}

  /** @throws BadRecordError */
  valuesOf(data: EntityData): EventValues {
    const number = this.current.numberOf(data)
    if (number !== this.readAt) {
      this.values = this.read(data)
      this.readAt = number
    }
    return this.values
  }

  private read({ bytes, start }: EntityData): EventValues {
    const { unknown } = this
    const judged = new JudgedValue(this.extract(bytes, start, unknown))
    if (unknown.size === 0) return { judged, unknown: noPaths }
    this.unknown = new Set()
    this.noteUnknown()
    return { judged, unknown }
  }
}
