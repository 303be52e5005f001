import type { EntityTopic } from '#entities.js'
import type { BadRecordError } from '#errors.js'
import type { Log } from '#log.js'
import type { CompiledBranch } from '../schemas/compiled-branch.js'
import { CompiledSchema } from '../schemas/compiled-schema.js'
import type { EntityRecords } from './entity-records.js'

/** How many record types of one topic are named in the log: a producer may make up any number. */
const namesMax = 100
/** How many schemas of one topic make the registry be asked out of turn. Beyond it only the usual round of ten seconds asks. */
const schemasMax = 1000

/** Tells people once of each kind of record on a topic that is not, or not known to be, its entity. */
export class ForeignRecords {
  private readonly named = new Map<EntityTopic, Set<string>>()
  private readonly met = new Map<EntityTopic, Set<number>>()

  constructor(
    private readonly records: EntityRecords,
    private readonly log: Log,
  ) {}

  warnOnce(topic: EntityTopic, branch: CompiledBranch): void {
    const name = branch.recordsOf(topic.entity)!.join(' and ') || 'no row'
    const named = this.namedOf(topic)
    if (named.size > namesMax || named.has(name)) return
    named.add(name)
    this.log.warn({ topic: topic.topic, record: name }, named.size > namesMax ? manySentence : this.sentence(topic, name))
  }

  /** Whether any of the schemas is met for the first time and is not the entity. */
  isNews(topic: EntityTopic, schemas: Iterable<CompiledSchema | BadRecordError>): boolean {
    const met = this.met.get(topic) ?? new Set<number>()
    this.met.set(topic, met)
    const before = met.size
    for (const schema of schemas)
      if (schema instanceof CompiledSchema && met.size < schemasMax && this.holdsForeign(topic, schema)) met.add(schema.id)
    return met.size > before
  }

  private holdsForeign({ entity }: EntityTopic, { branches }: CompiledSchema): boolean {
    return branches.some((branch) => !this.records.isMeant(entity, branch))
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
