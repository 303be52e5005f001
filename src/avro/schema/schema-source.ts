/** A schema as it is written, and what is said beside it. */
export interface SchemaSource {
  /** The Avro schema as JSON text. */
  readonly schema: string
  /** Referenced schemas as JSON text, each one after those that it references itself. */
  readonly references: readonly string[]
  /** What the registry keeps beside the version, as it came; tags are in it. */
  readonly metadata?: unknown
  /** The same of each reference, in their order. */
  readonly referencesMetadata?: readonly unknown[]
}
