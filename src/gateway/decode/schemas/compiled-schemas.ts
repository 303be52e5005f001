import { createHash } from 'node:crypto'
import { BoundedMap } from '#bounded-map.js'
import { BadRecordError } from '#errors.js'
import type { LongsAs } from '#avro/read/scalar-json.js'
import type { TagsBeside } from '#avro/schema/tags-beside.js'
import { CompiledSchema } from './compiled-schema.js'
import type { RegisteredSchema } from '#registry/schema-registry.js'

/**
 * How many schemas are kept, at some kB each, beside those that are in use. Only memory is a reason to drop one, as an id never means
 * another schema.
 */
const schemasMax = 10_000
/** How many characters all kept schemas may have together: compiled, a schema takes some twenty times its text. */
const charactersMaxDefault = 32_000_000
/** How many unusable schemas are remembered. Only the reason is kept for each. */
const failuresMax = 1000

export interface CompiledSchemasOptions {
  readonly longs: LongsAs
  readonly charactersMax: number | undefined
  readonly latestTags: (entityType: string) => readonly TagsBeside[]
  /** Whether a schema must not be dropped. */
  readonly isInUse: (id: number) => boolean
}

interface Kept {
  readonly schema: CompiledSchema
  readonly characters: number
}

/** The registry's schemas, each compiled once. A failure is kept too, as every poll meets an invalid latest version again. */
export class CompiledSchemas {
  private readonly kept = new Map<number, Kept>()
  private readonly failures = new BoundedMap<number, { readonly digest: string; readonly error: BadRecordError }>(failuresMax)
  private characters = 0

  constructor(private readonly options: CompiledSchemasOptions) {}

  get(id: number): CompiledSchema | undefined {
    return this.kept.get(id)?.schema
  }

  /** @param source where the schema and the tags beside it come from. @throws BadRecordError `schema_invalid` */
  add(registered: RegisteredSchema, source: string): CompiledSchema {
    const schema = this.get(registered.id) ?? this.compile(registered)
    schema.noteTags(source, schema.tagsOf(registered))
    if (!this.kept.has(registered.id)) this.keep(registered.id, { schema, characters: charactersOf(registered) })
    return schema
  }

  /** Makes all schemas of a type be compiled anew, as the tags of its latest versions have changed. */
  forget(entityType: string): void {
    for (const { schema } of this.kept.values()) schema.forget(entityType)
  }

  private compile(registered: RegisteredSchema): CompiledSchema {
    const failure = this.failures.get(registered.id)
    if (failure !== undefined && failure.digest === digestOf(registered)) throw failure.error
    try {
      return new CompiledSchema(registered, this.options.longs, this.options.latestTags)
    } catch (error) {
      if (error instanceof BadRecordError) this.noteFailure(registered, error)
      throw error
    }
  }

  private noteFailure(registered: RegisteredSchema, error: BadRecordError): void {
    this.failures.set(registered.id, { digest: digestOf(registered), error })
  }

  /** Drops the oldest schemas that are not in use where there are too many. */
  private keep(id: number, kept: Kept): void {
    const { charactersMax = charactersMaxDefault, isInUse } = this.options
    this.kept.set(id, kept)
    this.characters += kept.characters
    for (const [oldest, { characters }] of this.kept) {
      if (this.kept.size <= schemasMax && this.characters <= charactersMax) return
      if (isInUse(oldest)) continue
      this.kept.delete(oldest)
      this.characters -= characters
    }
  }
}

function charactersOf({ schema, references }: RegisteredSchema): number {
  return references.reduce((sum, { length }) => sum + length, schema.length)
}

/** A failure is known by the schema's text too, as a registry that is made anew gives its ids to other schemas. */
function digestOf({ schema, references }: RegisteredSchema): string {
  const hash = createHash('sha256')
  for (const text of [schema, ...references]) hash.update(`${text.length}:`).update(text)
  return hash.digest('base64')
}
