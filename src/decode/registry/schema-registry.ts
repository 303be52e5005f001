/** A schema as a registry has it: the Avro schema as JSON text, and what it references in the order of need. */
export interface RegisteredSchema {
  readonly id: number
  readonly schema: string
  /** Referenced schemas as JSON text, each one after those that it references itself. */
  readonly references: readonly string[]
}

/** `unavailable` is worth another try, all others will be answered again the same way; `refused`: the registry does not take a schema. */
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
}

/** What a service that publishes asks. @throws RegistryError */
export interface SchemaIds {
  /** The id under which a subject has just this schema; `not_found` where it has not. */
  idOf(subject: string, schema: string): Promise<number>
  /** Makes it the subject's newest version, where it is none yet; `invalid` where the registry finds it incompatible. */
  register(subject: string, schema: string): Promise<number>
}
