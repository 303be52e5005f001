import type { EntityTopic } from '../entities.js'
import type { Log } from '../observe/log.js'
import { RegistryError } from './registry/schema-registry.js'
import { Warnings } from './warnings.js'

/** A reason may quote the schema. */
const reasonCharactersMax = 500

/** What the registry has answered for the topics' subjects, and for which it has not; says so to people. */
export class SubjectAnswers {
  /** Topics of which the registry has not said yet what is registered for them. */
  private readonly missing = new Set<EntityTopic>()
  /** Those for which it has said that nothing is registered, and that are asked for again out of turn. */
  private readonly askedAgain = new Set<EntityTopic>()
  /** Topics for which the registry has said that nothing is registered. */
  private readonly unregistered = new Set<EntityTopic>()
  /** Topics for which the registry did not answer when it was last asked. */
  private readonly failing = new Set<EntityTopic>()
  /** Why the registry did not answer when it was last asked. */
  private failure: string | undefined
  readonly warnings: Warnings

  constructor(private readonly log: Log) {
    this.warnings = new Warnings(log)
  }

  await(topics: readonly EntityTopic[]): void {
    for (const topic of topics) this.missing.add(topic)
  }

  /** What was registered for it may have come meanwhile, and somebody waits for that. */
  awaitAgain(topic: EntityTopic): void {
    this.askedAgain.add(topic)
  }

  /** Whether something of a type was not answered yet. */
  isAwaited(entityType: string): boolean {
    if (this.missing.size + this.askedAgain.size === 0) return false
    return [...this.missing, ...this.askedAgain].some(({ entity }) => entity.name === entityType)
  }

  isUnregistered(topic: EntityTopic): boolean {
    return this.unregistered.has(topic)
  }

  isFailing(topic: EntityTopic): boolean {
    return this.failing.has(topic)
  }

  noteAnswer(topic: EntityTopic): void {
    this.missing.delete(topic)
    this.askedAgain.delete(topic)
    this.failing.delete(topic)
    this.unregistered.delete(topic)
  }

  noteFailure(topic: EntityTopic, error: unknown): void {
    if (error instanceof RegistryError && error.kind === 'unavailable') return this.noteUnavailable(topic, error.message)
    this.noteAnswer(topic)
    if (error instanceof RegistryError && error.kind === 'not_found') return this.noteUnregistered(topic)
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, reasonCharactersMax)
    this.warnings.once(topic.topic, `The latest schema for the topic ${topic.topic} cannot be used: ${reason}.`)
  }

  /** Each one was asked for. */
  noteRound(): void {
    if (this.failing.size > 0 || this.failure === undefined) return
    this.log.info({}, 'The schema registry answers again.')
    this.failure = undefined
  }

  /**
   * Ready when each type is known, or known not to be registered. @param isUnknown whether nothing at all is known of a type.
   * @param closed what else people should know, ready or not.
   */
  status(isUnknown: (entityType: string) => boolean, closed: readonly string[]): { readonly ready: boolean; readonly reason?: string } {
    const waiting = this.topicsOf(this.missing, isUnknown)
    const failure = this.failure === undefined ? '' : ` (${this.failure})`
    // Of types of which nothing at all is known: that one of three topics has no schema yet is as usual as it is harmless.
    const unregistered = this.topicsOf(this.unregistered, isUnknown).map((topic) => `${topic}-value`)
    const ready = waiting.length === 0
    const reasons = [
      ...(ready ? [] : [`the schema registry has not answered for ${waiting.join(', ')}${failure}`]),
      ...(ready && unregistered.length > 0 ? [`nothing is registered for ${unregistered.join(', ')}`] : []),
      ...closed,
    ]
    return { ready, ...(reasons.length > 0 && { reason: reasons.join('; ') }) }
  }

  private topicsOf(topics: Iterable<EntityTopic>, isUnknown: (entityType: string) => boolean): string[] {
    return [...topics].filter(({ entity }) => isUnknown(entity.name)).map(({ topic }) => topic)
  }

  /** Said whenever the reason changes: a wrong password must not look like a host that is away. */
  private noteUnavailable(topic: EntityTopic, failure: string): void {
    this.failing.add(topic)
    const reason = failure.replace(/^subject [^:]+: /, '')
    if (this.failure !== reason) this.log.warn({ reason }, 'The schema registry does not answer; asking again until it does.')
    this.failure = reason
  }

  /** A registry whose address lacks its path answers so to everything: it must not look as if all were well. */
  private noteUnregistered(unregistered: EntityTopic): void {
    const { topic, entity } = unregistered
    this.unregistered.add(unregistered)
    const isUnnamed = entity.envelope !== 'event' && entity.record === undefined
    const mend = isUnnamed ? ` Where subjects are named otherwise, its entry in ENTITIES must say which record it is ("record").` : ''
    this.warnings.once(topic, `Nothing is registered for ${topic}-value yet; is SCHEMA_REGISTRY_URL the root of the registry's API?${mend}`)
  }
}
