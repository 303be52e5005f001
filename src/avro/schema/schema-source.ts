/** The text of a schema, and what a registry keeps beside it. */
export interface SchemaSource {
  /** The Avro schema as JSON text. */
  readonly schema: string
  /** The referenced schemas as JSON text, each after those that it references itself. */
  readonly references: readonly string[]
  /** Where each reference comes from, in the order of `references`, for messages. */
  readonly origins?: readonly string[]
  /** The version's metadata as the registry sent it; it may contain tags. */
  readonly metadata?: unknown
  /** The metadata of each reference, in the order of `references`. */
  readonly referencesMetadata?: readonly unknown[]
}
