import type { EntityTopic } from '#entities.js'
import type { BadRecordError } from '#errors.js'
import type { Log } from '#log.js'
import { CompiledSchema } from './compiled-schema.js'
import type { EntityRecords } from './entity-records.js'

/** So many record types of one topic are named in the log: a producer may make up as many as it likes. */
const namesMax = 100
/** For so many schemas of one topic the registry is asked again out of turn; then only every ten seconds, as always. */
const schemasMax = 1000

/** Records on a topic that are not its entity, or of which nothing says that they are: each kind is told to people once. */
export class ForeignRecords {
  private readonly named = new Map<EntityTopic, Set<string>>()
  private readonly met = new Map<EntityTopic, Set<number>>()

  constructor(
    private readonly records: EntityRecords,
    private readonly log: Log,
  ) {}

  note(topic: EntityTopic, schema: CompiledSchema): void {
    const name = schema.recordsOf(topic.entity)!.join(' and ') || 'no row'
    const named = this.namedOf(topic)
    if (named.size > namesMax || named.has(name)) return
    named.add(name)
    this.log.warn({ topic: topic.topic, record: name }, named.size > namesMax ? manySentence : this.sentence(topic, name))
  }

  /** Whether some of them are not the entity and are met for the first time. */
  isNews(topic: EntityTopic, schemas: Iterable<CompiledSchema | BadRecordError>): boolean {
    const met = this.met.get(topic) ?? new Set<number>()
    this.met.set(topic, met)
    const before = met.size
    for (const schema of schemas)
      if (schema instanceof CompiledSchema && met.size < schemasMax && !this.records.isMeant(topic.entity, schema)) met.add(schema.id)
    return met.size > before
  }

  private namedOf(topic: EntityTopic): Set<string> {
    const named = this.named.get(topic) ?? new Set<string>()
    this.named.set(topic, named)
    return named
  }

  private sentence({ topic, entity }: EntityTopic, name: string): string {
    const meant = this.records.meantFor(entity)
    const entry = `its entry in ENTITIES says "record": ${JSON.stringify(name)}`
    return meant.length > 0
      ? `Records on a topic are not the entity type "${entity.name}", which is ${meant.join(' or ')}: they are skipped and counted.`
      : `Records on a topic are skipped and counted, as ${topic}-value does not say what the entity type "${entity.name}" is, until ${entry}.`
  }
}

const manySentence = `Records on a topic are of more than ${namesMax} kinds that are not its entity; further ones are skipped and counted without a word.`
