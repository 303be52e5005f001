import type { SchemaSource } from '#avro/schema/schema-source.js'

/** A schema as a registry has it, the references in the order of need. */
export interface RegisteredSchema extends SchemaSource {
  readonly id: number
}

/** `unavailable` is worth another try, all others will be answered again the same way; `refused`: the registry does not take a schema, which those who only read are never told. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  constructor(
    readonly kind: 'not_found' | 'invalid' | 'refused' | 'unavailable',
    message: string,
  ) {
    super(message)
  }
}

/** Every call ends within a time limit. @throws RegistryError */
export interface SchemaRegistry {
  schemaById(id: number): Promise<RegisteredSchema>
  /** The newest version of a subject; `not_found` where nobody has registered it yet. */
  latestOf(subject: string): Promise<RegisteredSchema>
  /** The names of all. */
  subjects(): Promise<readonly string[]>
}

/** One that tells of a subject's past, too. @throws RegistryError */
export interface VersionedRegistry extends SchemaRegistry {
  /** Its very first version, also where that has been deleted since and the registry still tells of it. */
  firstOf(subject: string): Promise<RegisteredSchema>
  /** The numbers of its versions, the newest first. */
  versionsOf(subject: string): Promise<readonly number[]>
  versionOf(subject: string, version: number): Promise<RegisteredSchema>
}

/** A schema as it is to be registered. */
export interface SchemaDraft {
  readonly schema: string
  readonly references: readonly { readonly name: string; readonly subject: string; readonly version: number }[]
}

export interface SubjectVersion {
  readonly id: number
  readonly version: number
}

/** A registry for those who register. @throws RegistryError */
export interface SubjectRegistry {
  /** The level of all subjects that have none of their own; `unavailable` where what answers is no registry. */
  globalLevel(): Promise<string>
  /** The version under which a subject has just this schema; undefined where it has not. */
  find(subject: string, draft: SchemaDraft): Promise<SubjectVersion | undefined>
  /** Makes it the subject's newest version, where it is none yet; `refused` where it is incompatible. */
  register(subject: string, draft: SchemaDraft): Promise<SubjectVersion>
}
