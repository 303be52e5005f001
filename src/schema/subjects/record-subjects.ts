import type { EntityTopic } from '#entities.js'

/**
 * For each record of an entity the subjects that are named by it: together with the topic (`TopicRecordNameStrategy`), or alone
 * (`RecordNameStrategy`). Of a row of Debezium's it is the envelope that is written.
 */
export function recordSubjectsOf({ topic, entity }: EntityTopic): readonly (readonly string[])[] {
  const written = (record: string) => (entity.envelope === 'debezium' ? record.replace(/\.Value$/, '.Envelope') : record)
  return (entity.record ?? []).map(written).map((name) => [`${topic}-${name}`, name])
}
