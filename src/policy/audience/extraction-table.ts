import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema, Extraction } from '#avro/entity-schema.js'
import { pathsKey } from '../rules/field-name.js'
import { JudgedValue } from '../rules/judged-value.js'
import { nobodyWatches, type UndecidedWatch } from '../undecided.js'
import { CurrentEvent } from './current-event.js'
import { PerSchemaTable } from './per-schema-table.js'

/**
 * A policy needs one extraction for each different set of paths in its conditions. A policy that needs more than this reads some events
 * twice.
 */
const extractionsPerSchemaMax = 256

/** An event's values at the paths that were asked for. */
export interface EventValues {
  readonly judged: JudgedValue
  /** The paths with an unknown value or too many values: conditions on them are undecided. */
  readonly unknown: ReadonlySet<string>
}

/** Reads the values that conditions ask for once an event, however many audiences ask for the same paths. */
export class ExtractionTable {
  private readonly extractions = new PerSchemaTable<SharedExtraction>(extractionsPerSchemaMax)
  private readonly current = new CurrentEvent()

  constructor(private readonly watch: Pick<UndecidedWatch, 'byEvent'> = nobodyWatches) {}

  sharedExtraction(schema: EntitySchema, paths: readonly string[]): SharedExtraction {
    const sorted = [...new Set(paths)].sort()
    const noteUnknown = () => this.watch.byEvent(schema)
    return this.extractions.get(
      schema,
      pathsKey(sorted),
      () => new SharedExtraction(schema.extractionOf(sorted), this.current, noteUnknown),
    )
  }
}

const noPaths: ReadonlySet<string> = new Set()
/** The values of an event where no condition asks for any. */
export const nothing: EventValues = { judged: new JudgedValue({}), unknown: noPaths }

export class SharedExtraction {
  private values: EventValues = nothing
  private readAt = 0
  /** Replaced only after an event has put something in. */
  private unknown = new Set<string>()

  constructor(
    private readonly extract: Extraction,
    private readonly current: CurrentEvent,
    private readonly noteUnknown: () => void,
  ) {}

  /** @throws BadRecordError */
  valuesOf(data: EntityData): EventValues {
    const number = this.current.eventNumber(data)
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
