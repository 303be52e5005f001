import type { Clock } from '#clock.js'
import type { EntityTopic } from '#entities.js'
import { PacedRounds } from './paced-rounds.js'
import { portionsOf } from './portions.js'
import type { SubjectAnswers } from './subject-answers.js'

export interface SubjectQuestionsOptions {
  readonly topics: readonly EntityTopic[]
  readonly clock: Clock
  /** Where it is noted what each topic's subject was answered. */
  readonly answers: SubjectAnswers
  /** Asks the registry for the latest version of a topic's subject, and notes the answer. Does not reject. */
  readonly ask: (topic: EntityTopic) => Promise<void>
}

/** How soon what is registered after the start counts, be it a type's first schema or one that stops it: a request for each topic. */
const pollMs = 10_000

/** Asks the registry for the topics' subjects: for all of them at the start, for each again in every round, and out of turn for those that records wait for. */
export class SubjectQuestions {
  private topics: readonly EntityTopic[] = []
  /** Those that are being asked for now. */
  private readonly asked = new Map<EntityTopic, Promise<void>>()
  private readonly rounds: PacedRounds<EntityTopic>

  constructor(private readonly options: SubjectQuestionsOptions) {
    const { clock, topics } = options
    this.rounds = new PacedRounds({ clock, roundMs: pollMs, all: () => this.topics, ask: (some) => this.askAll(some) })
    this.take(topics)
  }

  /** The types of all topics. */
  types(): string[] {
    return [...new Set(this.topics.map(({ entity }) => entity.name))]
  }

  /** Resolves when the registry has been asked once, whatever it answered; asks on for what is registered later. */
  async start(): Promise<void> {
    for (const topics of portionsOf(this.topics)) {
      await this.askAll(topics)
      // It is away, and each portion would wait for as long as a call may.
      if (topics.every((topic) => this.options.answers.isFailing(topic))) break
    }
    this.rounds.start()
  }

  stop(): void {
    this.rounds.stop()
  }

  /** Resolves when the registry has been asked for further topics. */
  async add(topics: readonly EntityTopic[]): Promise<void> {
    this.take(topics)
    this.rounds.grown()
    await this.askAll(topics)
  }

  /** Out of turn. Resolves when the registry has been asked for all topics of the type, whatever it answered. */
  async askFor(entityType: string): Promise<void> {
    await this.askAll(this.topics.filter(({ entity }) => entity.name === entityType))
  }

  private take(topics: readonly EntityTopic[]): void {
    this.topics = [...this.topics, ...topics]
    this.options.answers.await(topics)
  }

  private async askAll(topics: readonly EntityTopic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.askOnce(topic)))
    this.options.answers.noteRound()
  }

  /** Whoever asks while it is being asked waits for the same answer. */
  private askOnce(topic: EntityTopic): Promise<void> {
    const asked = this.asked.get(topic)
    if (asked !== undefined) return asked
    const asking = this.options.ask(topic).finally(() => this.asked.delete(topic))
    this.asked.set(topic, asking)
    return asking
  }
}
