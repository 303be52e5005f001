import type { SchemaSource } from '#avro/schema/schema-source.js'

/** A schema as a registry has it. Each of its references stands behind those that it needs itself. */
export interface RegisteredSchema extends SchemaSource {
  readonly id: number
}

/**
 * Only `unavailable` is worth another try: the registry will give all other answers again. `refused` means that it does not take a schema,
 * and never comes from reading.
 */
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
  /** Its id is 0, as registries do not say it. Registries other than Confluent's know no GUIDs. */
  schemaByGuid?(guid: string): Promise<RegisteredSchema>
  /** The newest version of a subject; `not_found` where it has none yet. */
  latestOf(subject: string): Promise<RegisteredSchema>
  /** The names of all subjects. */
  subjects(): Promise<readonly string[]>
}

/** A registry that answers a subject's older versions too. @throws RegistryError */
export interface VersionedRegistry extends SchemaRegistry {
  /** The subject's very first version, even where it was deleted but the registry still has it. */
  firstOf(subject: string): Promise<RegisteredSchema>
  /** The numbers of its versions, the newest first. */
  versionsOf(subject: string): Promise<readonly number[]>
  versionOf(subject: string, version: number): Promise<RegisteredSchema>
}

/** A schema that is to be registered. */
export interface SchemaDraft {
  readonly schema: string
  readonly references: readonly { readonly name: string; readonly subject: string; readonly version: number }[]
}

export interface SubjectVersion {
  readonly id: number
  readonly version: number
}

/** The side of a registry that takes new schemas. @throws RegistryError */
export interface SubjectRegistry {
  /** The level of all subjects without their own; `unavailable` where the address is not that of a registry. */
  globalLevel(): Promise<string>
  /** The version under which a subject has exactly this schema; undefined where it has no such version. */
  find(subject: string, draft: SchemaDraft): Promise<SubjectVersion | undefined>
  /** Makes the schema the subject's newest version, unless it is a version already; `refused` where it is incompatible. */
  register(subject: string, draft: SchemaDraft): Promise<SubjectVersion>
}
