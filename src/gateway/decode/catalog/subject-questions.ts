import type { Clock } from '#clock.js'
import type { EntityTopic } from '#entities.js'
import { PacedRounds } from './paced-rounds.js'
import { portionsOf } from './portions.js'
import type { SubjectAnswers } from './subject-answers.js'

export interface SubjectQuestionsOptions {
  readonly topics: readonly EntityTopic[]
  readonly clock: Clock
  /** The answers so far. */
  readonly answers: SubjectAnswers
  /** Asks the registry for the latest version of a topic's subject, and notes the answer. Does not reject. */
  readonly ask: (topic: EntityTopic) => Promise<void>
}

/** How soon a schema that is registered after the start counts, a type's first one or one that stops it: each topic takes a request. */
const pollMs = 10_000

/** Asks the registry for the topics' subjects: for all at the start, for each again in every round, and out of turn where records wait. */
export class SubjectQuestions {
  private topics: readonly EntityTopic[] = []
  /** The topics that are being asked for now. */
  private readonly asked = new Map<EntityTopic, Promise<void>>()
  private readonly rounds: PacedRounds<EntityTopic>

  constructor(private readonly options: SubjectQuestionsOptions) {
    const { clock, topics } = options
    this.rounds = new PacedRounds({ clock, roundMs: pollMs, all: () => this.topics, ask: (some) => this.askAll(some) })
    this.append(topics)
  }

  /** The types of all topics. */
  types(): string[] {
    return [...new Set(this.topics.map(({ entity }) => entity.name))]
  }

  /** Resolves when the registry was asked once, even if it did not answer. The rounds go on from then. */
  async start(): Promise<void> {
    for (const topics of portionsOf(this.topics)) {
      await this.askAll(topics)
      // The registry is away, and each further portion would wait for the time limit of a call.
      if (topics.every((topic) => this.options.answers.isFailing(topic))) break
    }
    this.rounds.start()
  }

  stop(): void {
    this.rounds.stop()
  }

  /** Resolves when the registry has been asked for further topics. */
  async add(topics: readonly EntityTopic[]): Promise<void> {
    this.append(topics)
    this.rounds.grown()
    await this.askAll(topics)
  }

  /** Asks for all topics of a type, out of turn. Resolves when the registry was asked, even if it did not answer. */
  async askFor(entityType: string): Promise<void> {
    await this.askAll(this.topics.filter(({ entity }) => entity.name === entityType))
  }

  private append(topics: readonly EntityTopic[]): void {
    this.topics = [...this.topics, ...topics]
    this.options.answers.await(topics)
  }

  private async askAll(topics: readonly EntityTopic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.askOnce(topic)))
    this.options.answers.noteRound()
  }

  /** A question for a topic that is being asked for already waits for the same answer. */
  private askOnce(topic: EntityTopic): Promise<void> {
    const asked = this.asked.get(topic)
    if (asked !== undefined) return asked
    const asking = this.options.ask(topic).finally(() => this.asked.delete(topic))
    this.asked.set(topic, asking)
    return asking
  }
}
