/** Why a record was not streamed. Logged with its topic, partition and offset, and counted by reason. */
export const badRecordReasons = {
  not_avro: 'the value does not begin with the magic byte 0 and a schema id',
  schema_in_header: 'a header says which schema wrote it, in a way that is not read',
  schema_unknown: 'the registry does not know the schema id',
  schema_invalid: 'the registry answered with something that is no usable schema',
  envelope_invalid: 'the schema is not the shape that is configured for the topic',
  entity_type_wrong: 'the entity type is not that of the topic',
  operation_wrong: 'the operation is unknown or not that of the topic',
  entity_id_missing: 'the entity id is missing or empty',
  key_invalid: 'no entity id can be read from the key',
  data_missing: 'a create or an update brings no data',
  truncated: 'the value ends before its schema does',
  trailing_bytes: 'bytes remain after the value',
  over_limit: 'a count, a length or the depth is over its limit',
  value_invalid: 'a value cannot be what its schema says',
  internal_error: 'reading it failed in a way that it should not',
} as const
export type BadRecordReason = keyof typeof badRecordReasons

/** A record that cannot be read: it is skipped, its neighbours are not. */
export class BadRecordError extends Error {
  override readonly name = 'BadRecordError'
  constructor(
    readonly reason: BadRecordReason,
    readonly detail?: string,
  ) {
    super(detail === undefined ? badRecordReasons[reason] : `${badRecordReasons[reason]}: ${detail}`)
  }
}

/** The process cannot start as it is configured: one sentence for people, exit code 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
