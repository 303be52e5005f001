import type { EntityDefinition, EntityTopic } from '#entities.js'
import type { Log } from '#log.js'
import { RegistryError } from '#registry/schema-registry.js'
import { Warnings } from './warnings.js'

/** A reason is cut, as it may quote the schema. */
const reasonCharactersMax = 500

/** How many topics a reason names: some show where to look, and a large installation has thousands. */
const namesMax = 10

/**
 * The registry's answer for a topic's subject: none yet (`awaited`), a schema, usable or not (`answered`), or that nothing is registered.
 * `awaited_again` was unregistered, and is asked for out of turn because records have come.
 */
type Answer = 'awaited' | 'answered' | 'unregistered' | 'awaited_again'

/** Keeps the registry's answers for the topics' subjects, and tells people which are missing. */
export class SubjectAnswers {
  private readonly answers = new Map<EntityTopic, Answer>()
  /** The number of awaited answers, so that `isAwaited` costs nothing where there are none. */
  private awaited = 0
  /** By type, the calls of `whenAnswered` that wait. They go on after the tick of the answer, when all that it teaches is learned. */
  private readonly waiting = new Map<string, readonly (() => void)[]>()
  /** Topics for which the registry did not answer when it was last asked, even if it had answered before. */
  private readonly failing = new Set<EntityTopic>()
  /** Why the registry did not answer when it was last asked. */
  private failure: string | undefined
  readonly warnings: Warnings

  constructor(private readonly log: Log) {
    this.warnings = new Warnings(log)
  }

  await(topics: readonly EntityTopic[]): void {
    for (const topic of topics) this.turnTo(topic, 'awaited')
  }

  /** Awaits a new answer for unregistered subjects of an entity, as records have come and wait for it. */
  awaitAgain(entity: EntityDefinition): void {
    for (const topic of this.topicsThatAre(isWithoutSchema)) if (topic.entity === entity) this.turnTo(topic, 'awaited_again')
  }

  /** Whether an answer for any topic of a type is missing. */
  isAwaited(entityType: string): boolean {
    return this.awaited > 0 && this.topicsThatAre(isAwaiting).some(({ entity }) => entity.name === entityType)
  }

  /** Resolves when nothing of a type is awaited any more. */
  async whenAnswered(entityType: string): Promise<void> {
    if (!this.isAwaited(entityType)) return
    await new Promise<void>((goOn) => void this.waiting.set(entityType, [...(this.waiting.get(entityType) ?? []), goOn]))
  }

  isUnregistered(topic: EntityTopic): boolean {
    return isWithoutSchema(this.answers.get(topic))
  }

  isFailing(topic: EntityTopic): boolean {
    return this.failing.has(topic)
  }

  noteAnswer(topic: EntityTopic): void {
    this.failing.delete(topic)
    this.turnTo(topic, 'answered')
  }

  noteFailure(topic: EntityTopic, error: unknown): void {
    if (error instanceof RegistryError && error.kind === 'unavailable') return this.noteUnavailable(topic, error.message)
    this.noteAnswer(topic)
    if (error instanceof RegistryError && error.kind === 'not_found') return this.noteUnregistered(topic)
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, reasonCharactersMax)
    this.warnings.once(topic.topic, `The latest schema for the topic ${topic.topic} cannot be used: ${reason}.`)
  }

  /** Called when all questions of one portion are answered or have failed. */
  noteRound(): void {
    if (this.failing.size > 0 || this.failure === undefined) return
    this.log.info({}, 'The schema registry answers again.')
    this.failure = undefined
  }

  /**
   * Ready when each type is known, or is known not to be registered.
   * @param isUnknown whether nothing at all is known of a type.
   * @param closed further reasons that people should know, ready or not.
   */
  status(isUnknown: (entityType: string) => boolean, closed: readonly string[]): { readonly ready: boolean; readonly reason?: string } {
    const isNothingKnown = ({ entity }: EntityTopic) => isUnknown(entity.name)
    const awaited = this.topicsThatAre(isAwaiting)
    const ready = !this.topicsThatAre((answer) => answer === 'awaited').some(isNothingKnown)
    // Only types without any known schema are named: one of three topics without a schema is usual and harmless.
    const unregistered = this.topicsThatAre(isWithoutSchema).filter(isNothingKnown)
    const reasons = [
      ...(awaited.length > 0 ? [this.silence(awaited)] : []),
      ...(ready && unregistered.length > 0
        ? [`nothing is registered for ${listed(unregistered.map(({ topic }) => `${topic}-value`))}`]
        : []),
      ...closed,
    ]
    return { ready, ...(reasons.length > 0 && { reason: reasons.join('; ') }) }
  }

  private turnTo(topic: EntityTopic, answer: Answer): void {
    this.awaited += Number(isAwaiting(answer)) - Number(isAwaiting(this.answers.get(topic)))
    this.answers.set(topic, answer)
    this.letGoOn(topic.entity)
  }

  private letGoOn({ name }: EntityDefinition): void {
    const waiting = this.waiting.get(name)
    if (waiting === undefined || this.isAwaited(name)) return
    this.waiting.delete(name)
    for (const goOn of waiting) goOn()
  }

  private topicsThatAre(isMeant: (answer: Answer) => boolean): EntityTopic[] {
    return [...this.answers].filter(([, answer]) => isMeant(answer)).map(([topic]) => topic)
  }

  /** Names even one topic of a type's three: the records of all three wait for it, as its schema may stop the type or tag its fields. */
  private silence(awaited: readonly EntityTopic[]): string {
    const failure = this.failure === undefined ? '' : ` (${this.failure})`
    return `the schema registry has not answered for ${listed(awaited.map(({ topic }) => topic))}${failure}`
  }

  /** Logs a failure whenever the reason changes, so that a wrong password does not look like a host that is away. */
  private noteUnavailable(topic: EntityTopic, failure: string): void {
    this.failing.add(topic)
    const reason = failure.replace(/^subject [^:]+: /, '')
    if (this.failure !== reason) {
      this.log.warn({ topic: topic.topic, reason }, 'The schema registry does not answer; asking again until it does.')
    }
    this.failure = reason
  }

  /** Warns once, as a wrong path in the registry's address gives the same answer to everything. */
  private noteUnregistered(unregistered: EntityTopic): void {
    const { topic, entity } = unregistered
    this.turnTo(unregistered, 'unregistered')
    const isUnnamed = entity.envelope !== 'event' && entity.record === undefined
    const mend = isUnnamed ? ` Where subjects are named otherwise, its entry in ENTITIES must say which record it is ("record").` : ''
    const nor = entity.record === undefined ? '' : ', nor under the names of its records'
    this.warnings.once(
      topic,
      `Nothing is registered for ${topic}-value yet${nor}; is SCHEMA_REGISTRY_URL the root of the registry's API?${mend}`,
    )
  }
}

function isAwaiting(answer: Answer | undefined): boolean {
  return answer === 'awaited' || answer === 'awaited_again'
}

function isWithoutSchema(answer: Answer | undefined): boolean {
  return answer === 'unregistered' || answer === 'awaited_again'
}

function listed(names: readonly string[]): string {
  const left = names.length - namesMax
  return left > 0 ? `${names.slice(0, namesMax).join(', ')} and ${left} more` : names.join(', ')
}
