import type { Clock } from '#clock.js'
import { CallCounts } from './call-counts.js'
import type { Dependency } from './meter.js'
import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'

/** Notes whether the registry answers. The catalog asks it every few seconds, so the state is never old. */
export class ObservedRegistry implements VersionedRegistry, Dependency {
  readonly calls: CallCounts
  private answersNow = false
  private answeredAtMs: number | undefined

  constructor(
    private readonly registry: VersionedRegistry,
    private readonly clock: Clock,
  ) {
    this.calls = new CallCounts(clock)
  }

  readonly isUp = (): boolean => this.answersNow
  readonly ageMs = (): number | undefined => (this.answeredAtMs === undefined ? undefined : this.clock.monotonicMs() - this.answeredAtMs)

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.observed(this.registry.schemaById(id))
  }

  schemaByGuid(guid: string): Promise<RegisteredSchema> {
    const none = () => Promise.reject(new RegistryError('not_found', `schema ${guid}: the registry knows no GUIDs`))
    return this.observed(this.registry.schemaByGuid?.(guid) ?? none())
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.observed(this.registry.latestOf(subject))
  }

  subjects(): Promise<readonly string[]> {
    return this.observed(this.registry.subjects())
  }

  firstOf(subject: string): Promise<RegisteredSchema> {
    return this.observed(this.registry.firstOf(subject))
  }

  versionsOf(subject: string): Promise<readonly number[]> {
    return this.observed(this.registry.versionsOf(subject))
  }

  versionOf(subject: string, version: number): Promise<RegisteredSchema> {
    return this.observed(this.registry.versionOf(subject, version))
  }

  /** An error counts as an answer too, unless the registry is unavailable. */
  private async observed<T>(answer: Promise<T>): Promise<T> {
    try {
      const came = await this.calls.count(answer, isSilence)
      this.noteAnswer(true)
      return came
    } catch (error) {
      this.noteAnswer(!isSilence(error))
      throw error
    }
  }

  private noteAnswer(answers: boolean): void {
    this.answersNow = answers
    if (answers) this.answeredAtMs = this.clock.monotonicMs()
  }
}

function isSilence(error: unknown): boolean {
  return !(error instanceof RegistryError) || error.kind === 'unavailable'
}
