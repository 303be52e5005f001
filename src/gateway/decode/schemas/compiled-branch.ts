import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'
import type { LongsAs } from '#avro/read/scalar-json.js'
import type { AvroNode } from '#avro/schema/avro-schema.js'
import type { SchemaTags } from '../envelope/envelope-data.js'
import { compileEnvelope } from '../envelope/envelope.js'
import { recordNamesIn } from '../envelope/entity-record.js'
import type { EnvelopeReader } from '../envelope/envelope-reader.js'
import { Remembered } from './remembered.js'

/** What one record of a schema is: the root of the schema, or a branch of the union that stands there. */
export class CompiledBranch {
  private readonly envelopes = new Remembered<EnvelopeReader>()
  private readonly recordNames = new Map<EntityDefinition, readonly string[] | undefined>()

  constructor(
    readonly root: AvroNode,
    /** Where its record begins in a value. */
    readonly start: number,
    private readonly longs: LongsAs,
    private readonly tagsOf: (entityType: string) => SchemaTags,
  ) {}

  /** Makes envelopes be compiled anew, as tags have changed: those of a type, or all. */
  forget(entityType?: string): void {
    this.envelopes.forget(({ name }) => entityType === undefined || name === entityType)
  }

  /** @throws BadRecordError `envelope_invalid` where it does not have the shape that is configured for the entity. */
  envelope(entity: EntityDefinition): EnvelopeReader {
    return this.envelopes.of(entity, () => compileEnvelope(this.root, entity, this.longs, this.tagsOf(entity.name)))
  }

  isUsable(entity: EntityDefinition): boolean {
    return this.whyUnusable(entity) === undefined
  }

  /** Why it does not have that shape; undefined where it has. */
  whyUnusable(entity: EntityDefinition): string | undefined {
    try {
      this.envelope(entity)
      return undefined
    } catch (error) {
      if (error instanceof BadRecordError) return error.message
      throw error
    }
  }

  /** The full names of the records that stand for the entity; undefined where the envelope itself names its entity type. */
  recordsOf(entity: EntityDefinition): readonly string[] | undefined {
    if (!this.recordNames.has(entity)) this.recordNames.set(entity, recordNamesIn(this.root, entity))
    return this.recordNames.get(entity)
  }
}
