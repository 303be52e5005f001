import type { Clock } from '#clock.js'
import type { Dependency } from './meter.js'
import { type RegisteredSchema, RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'

/** Notes whether the registry answers. The catalog asks it every few seconds, so the state is never old. */
export class ObservedRegistry implements VersionedRegistry, Dependency {
  private answersNow = false
  private answeredAtMs: number | undefined

  constructor(
    private readonly registry: VersionedRegistry,
    private readonly clock: Clock,
  ) {}

  readonly isUp = (): boolean => this.answersNow
  readonly ageMs = (): number | undefined => (this.answeredAtMs === undefined ? undefined : this.clock.monotonicMs() - this.answeredAtMs)

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.noted(this.registry.schemaById(id))
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.noted(this.registry.latestOf(subject))
  }

  subjects(): Promise<readonly string[]> {
    return this.noted(this.registry.subjects())
  }

  firstOf(subject: string): Promise<RegisteredSchema> {
    return this.noted(this.registry.firstOf(subject))
  }

  versionsOf(subject: string): Promise<readonly number[]> {
    return this.noted(this.registry.versionsOf(subject))
  }

  versionOf(subject: string, version: number): Promise<RegisteredSchema> {
    return this.noted(this.registry.versionOf(subject, version))
  }

  /** An error counts as an answer too, unless the registry is unavailable. */
  private async noted<T>(answer: Promise<T>): Promise<T> {
    try {
      const came = await answer
      this.note(true)
      return came
    } catch (error) {
      this.note(error instanceof RegistryError && error.kind !== 'unavailable')
      throw error
    }
  }

  private note(answers: boolean): void {
    this.answersNow = answers
    if (answers) this.answeredAtMs = this.clock.monotonicMs()
  }
}
