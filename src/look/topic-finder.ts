import { AvroReader } from '#avro/read/avro-reader.js'
import { skipOf } from '#avro/read/avro-skip.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { type EntityDefinition, entityNamePattern, type Envelope, topicsOf } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { type FramedRecord, framedRecord } from '#gateway/decode/framed-record.js'
import { partReaderOf } from '#gateway/decode/id/avro-id.js'
import type { CompiledBranch } from '#gateway/decode/schemas/compiled-branch.js'
import { SchemaStore } from '#gateway/decode/schemas/schema-store.js'
import type { NewestRecords } from '#kafka/newest-records.js'
import { schemaIdOf } from '#registry/wire-format.js'
import { definitionOf, entityNameOf, envelopesOf, idFieldsOf, marksIn, type TopicGroup } from './entity-guesses.js'
import type { Finding, FoundEntity, LeftOut } from './found-entity.js'
import { type ChosenId, chosenIdOf } from './id-choice.js'
import { type Trial, trialOf, type TrialOptions } from './trial-reading.js'

/** A record whose schema is known. */
interface KnownRecord {
  readonly record: FramedRecord
  readonly branch: CompiledBranch
}

/** Says of topics which entities they hold and how, by their newest records and the schemas of these. */
export class TopicFinder {
  private readonly store: SchemaStore
  private readonly names = new Set<string>()

  constructor(private readonly options: TrialOptions) {
    this.store = new SchemaStore({ ...options, random: () => 0 })
  }

  stop(): void {
    this.store.stop()
  }

  /** @param newest of the group's topics. */
  async find(group: TopicGroup, newest: readonly NewestRecords[]): Promise<readonly Finding[]> {
    const leftOut = (why: string): LeftOut[] => [{ topics: group.topics, why }]
    const records = newest.flatMap((one) => one.records)
    if (records.length === 0) return leftOut('holds no records')
    if (records.every(({ value }) => value === null)) return leftOut('holds nothing but tombstones among its newest records')
    const known = await this.knownRecords(records.map((record) => framedRecord(record, this.store.numberOfGuid)))
    if (known instanceof BadRecordError) return leftOut(`is not read: ${known.detail ?? known.message}`)
    const envelope = envelopesOf(group).find((one) => known.some(({ branch }) => branch.isUsable(definitionOf('any', group, one, {}))))
    if (envelope === undefined) return leftOut('has values that are no records')
    const found = envelope === 'event' ? [await this.event(group, newest, known)] : await this.records(group, envelope, newest, known)
    return found.map((one) => (typeof one === 'string' ? { topics: group.topics, why: one } : one))
  }

  /** The newest error where none can be read. */
  private async knownRecords(records: readonly FramedRecord[]): Promise<readonly KnownRecord[] | BadRecordError> {
    const known: KnownRecord[] = []
    let fault: BadRecordError | undefined
    for (const record of records) {
      if (record.value === null) continue
      try {
        known.push({ record, branch: await this.branchOf(record) })
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error
        fault = error
      }
    }
    return known.length === 0 && fault !== undefined ? fault : known
  }

  /** @throws BadRecordError where there is none. */
  private async branchOf({ value, badValue }: FramedRecord): Promise<CompiledBranch> {
    if (badValue !== undefined) throw badValue
    const schema = await this.store.load(schemaIdOf(value!), 'the newest records')
    if (schema instanceof BadRecordError) throw schema
    return schema.branchIn(value!)
  }

  /** An envelope that says itself which entity it is of. */
  private async event(group: TopicGroup, newest: readonly NewestRecords[], known: readonly KnownRecord[]): Promise<FoundEntity | string> {
    const types = [...new Set(known.map(({ record, branch }) => entityTypeIn(record.value!, branch)))]
    const [name, ...others] = types.filter((type) => type !== undefined)
    if (name === undefined) return 'has events that do not say of which entity type they are'
    if (others.length > 0) return `has events of several entity types (${types.join(', ')}), of which a topic may have one`
    if (!entityNamePattern.test(name)) return `has events of the entity type "${name}", which is no name that one may have`
    if (this.names.has(name)) return `has events of the entity type "${name}", as another topic has`
    const trial = await this.trial(definitionOf(name, group, 'event', {}), newest)
    return this.found(trial, { trial, field: undefined, from: 'its events', remark: undefined }, newest)
  }

  /** Rows and bare records, which may be of several entities. */
  private async records(
    group: TopicGroup,
    envelope: Envelope,
    newest: readonly NewestRecords[],
    known: readonly KnownRecord[],
  ): Promise<(FoundEntity | string)[]> {
    const nodes = new Map(known.flatMap(({ branch }) => rowsIn(branch, envelope)).map((node) => [node.name, node] as const))
    const found: (FoundEntity | string)[] = []
    for (const node of nodes.values()) {
      const isOne = nodes.size === 1
      const name = entityNameOf(isOne ? group.topic : `${group.topic}.${node.name}`, (one) => this.names.has(one))
      const marks = envelope === 'none' ? marksIn(node) : undefined
      const more = { record: [node.name], ...(marks && { marks }), ...(!isOne && { sharesTopic: true }) }
      const tried = (members: Partial<EntityDefinition>) => this.trial(definitionOf(name, group, envelope, { ...more, ...members }), newest)
      const fields = envelope === 'none' ? idFieldsOf(node, [node.name, group.topic]) : []
      const chosen = await chosenIdOf(tried, fields, newest, envelope === 'debezium')
      const one = typeof chosen === 'string' ? chosen : this.found(chosen.trial, chosen, newest)
      found.push(typeof one === 'string' && !isOne ? `${one} (${node.name})` : one)
    }
    return found
  }

  private trial(definition: EntityDefinition, newest: readonly NewestRecords[]): Promise<Trial> {
    return trialOf(definition, newest, this.options)
  }

  private found(trial: Trial, { field, from, remark }: ChosenId, newest: readonly NewestRecords[]): FoundEntity | string {
    const { definition, events, faults, schemas, closed } = trial
    const [schema] = schemas
    const live = events.filter(({ operation }) => operation !== 'delete')
    if (schema === undefined) return whyNotStreamed(trial)
    if (live.length === 0) return `has no record that can be shown: ${faults[0]?.message ?? 'the newest ones delete what they are of'}`
    this.names.add(definition.name)
    const newestFirst = [...live].sort((one, other) => other.kafkaTimestampMs - one.kafkaTimestampMs)
    const bad = faults.length === 0 ? [] : [`${faults.length} of its newest records cannot be read: ${faults[0]!.message}`]
    const topics = topicsOf(definition).map(({ topic }) => topic)
    return {
      definition,
      schema,
      topics,
      idField: field ?? schema.leaves.find((leaf) => leaf === 'id'),
      ids: [...new Set(newestFirst.map(({ entityId }) => entityId))],
      newestMs: newestFirst[0]!.kafkaTimestampMs,
      idFrom: from,
      remarks: [...(remark === undefined ? [] : [remark]), ...bad, ...(closed === undefined ? [] : [closed])],
      logs: newest.flatMap(({ topic, logs }) => logs.map((log) => ({ topic, ...log }))),
    }
  }
}

function whyNotStreamed({ definition: { envelope }, faults, closed }: Trial): string {
  if (closed !== undefined) return `is not streamed: ${closed}`
  const [fault] = faults
  if (fault !== undefined) return `is not read: ${fault.message}`
  return envelope === 'event' ? 'is not streamable: the record in "data" must say "streamable": true' : 'has no schema that is streamed'
}

/** The rows or records of a branch, as trees. */
function rowsIn({ root }: CompiledBranch, envelope: Envelope): RecordNode[] {
  if (root.kind !== 'record') return []
  if (envelope === 'none') return [root]
  const rows = root.fields.filter(({ name }) => name === 'after').flatMap(({ type }) => (type.kind === 'union' ? type.branches : [type]))
  return rows.filter((node) => node.kind === 'record')
}

/** What an event says it is of; undefined where it cannot be read. */
function entityTypeIn(value: Buffer, { root, start }: CompiledBranch): string | undefined {
  if (root.kind !== 'record') return undefined
  const reader = new AvroReader(value, start)
  try {
    for (const { name, type } of root.fields) {
      if (name === 'entity_type') return partReaderOf(name, type)(reader)
      skipOf(type)(reader)
    }
  } catch (error) {
    if (!(error instanceof BadRecordError)) throw error
  }
  return undefined
}
