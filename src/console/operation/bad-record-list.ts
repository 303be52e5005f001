import type { Clock } from '#clock.js'
import type { BadRecordReason } from '#errors.js'
import type { BadRecord } from '#gateway/observe/bad-records.js'
import type { Meter } from '#gateway/observe/meter.js'
import { redacted } from '#text/redaction.js'
import type { BadRecordsAnswer } from '../operation-answers.js'

/** What people do about a record that was skipped, by why it was. */
const mends: Readonly<Record<BadRecordReason, string>> = {
  not_avro: 'Whoever writes to this topic must use a serializer of the registry; look at the bytes with the command below.',
  schema_in_header: 'Have the producer put the schema id before the value, as Confluent’s serializers do unless told otherwise.',
  schema_unknown: 'Register the schema, or let SCHEMA_REGISTRY_URL name the registry that has it.',
  schema_invalid: 'Look at what the registry has under this id: it is no Avro schema that can be read.',
  envelope_invalid: 'Say in ENTITIES which shape this topic has, or write the shape that stands there.',
  entity_type_wrong: 'Have the producer write to the topic of its type, or give each type a topic of its own.',
  operation_wrong: 'Have the producer write create, update or delete, and to the topic of that operation.',
  entity_id_missing: 'Have the producer fill the entity id.',
  key_invalid: 'Say in ENTITIES how the keys of this topic are written, or which fields are the id.',
  data_missing: 'A create and an update must bring the entity; what is gone is written as a delete.',
  truncated: 'The producer wrote fewer bytes than its schema asks for: it names another schema than the one that it writes by.',
  trailing_bytes: 'The producer wrote more bytes than its schema asks for: it names another schema than the one that it writes by.',
  over_limit: 'A list, a text or the depth is beyond what is read. Have the producer write less in one record.',
  value_invalid: 'Have the producer write values that its schema allows: the message says what is not one.',
  internal_error: 'This is a fault of Sluice. Report it, with the lines of the log that name this record.',
}

/** Where records stand and why they were skipped: nothing of what is in them. */
export function badRecordsAnswer(records: readonly BadRecord[], { badRecords }: Meter, clock: Clock): BadRecordsAnswer {
  const now = clock.monotonicMs()
  return {
    counts: Object.fromEntries(badRecords),
    records: records.map(({ topic, partition, offset, reason, message, atMs }) => ({
      ...{ topic, partition, offset, reason },
      message: redacted(message),
      mend: mends[reason],
      age_s: Math.floor((now - atMs) / 1000),
    })),
  }
}
