import { test } from 'tap'
import type { EntityPublisher } from '#publisher/entity-publisher.js'
import { AnswerLosingProxy } from './support/kafka/answer-losing-proxy.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { ownBroker, skipOwnParts, skipRealParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'
import { SilentLog } from './support/running/silent-log.js'
import { ticketEventsOn, ticketPublisher } from './support/tools/ticket-publisher.js'

const patienceMs = 60_000
const tickets = Array.from({ length: 30 }, (_, n) => `ticket-${n}`)
/** Enough that batches of every partition wait while one is under way. */
const underWayMax = 300

/** Publishes versions of tickets without end and without waiting for one before the next, and keeps the answers by version. */
class Load {
  readonly places = new Map<number, string>()
  readonly failures: Error[] = []
  published = 0
  private underWay = 0
  private stopped = false
  private readonly ended: Promise<void>

  constructor(
    private readonly publisher: EntityPublisher,
    private readonly entityType: string,
  ) {
    this.ended = this.run()
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
    await until('every answer', () => this.underWay === 0, patienceMs)
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      while (this.underWay < underWayMax) this.publish(++this.published)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  private publish(version: number): void {
    this.underWay++
    const operation = version % 3 === 0 ? 'create' : 'update'
    this.publisher
      .publish(this.entityType, operation, { id: tickets[version % tickets.length], version })
      .then((answer) => {
        if (answer.status === 'sent') this.places.set(version, `${answer.topic}/${answer.partition}/${answer.offset}`)
      })
      .catch((error: unknown) => this.failures.push(error as Error))
      .finally(() => this.underWay--)
  }
}

const title = 'a publisher loses no event and doubles none although the broker is killed three times under load, its last answers lost'
void test(title, { skip: skipOwnParts || skipRealParts }, async (t) => {
  const proxy = await AnswerLosingProxy.start()
  t.teardown(() => proxy.stop())
  const broker = await ownBroker(proxy)
  t.teardown(() => broker.stop())
  const entityType = uniqueName('ticket')
  const log = new SilentLog()
  let topics = await KafkaTopics.connect([broker.address])
  const publisher = await ticketPublisher(t, topics, entityType, { brokers: [proxy.address], log })
  await topics.close()

  const load = new Load(publisher, entityType)
  const goOn = async () => {
    const goal = load.places.size + 2000
    await until('2000 more answers', () => load.places.size >= goal, patienceMs)
  }
  await goOn()
  for (let time = 0; time < 3; time++) {
    const failed = log.lines.length
    // Killed at any moment, it has seldom written what it has not acknowledged yet, which is what could be doubled.
    proxy.loseAnswers()
    await until('an answer that is lost', () => proxy.hasLostAnAnswer)
    await broker.kill()
    proxy.cut()
    await until('a batch that fails', () => log.lines.slice(failed).some((line) => line.includes('tried again')), patienceMs)
    await broker.restart()
    await goOn()
  }
  await load.stop()
  t.same(load.failures, [], 'every event was acknowledged in the end')

  topics = await KafkaTopics.connect([broker.address])
  const events = [...(await ticketEventsOn(topics, `${entityType}.create`)), ...(await ticketEventsOn(topics, `${entityType}.update`))]
  await topics.close()
  const versions = events.map(({ version }) => version)
  t.same(new Set(versions).size, versions.length, 'none is doubled')
  t.same(
    versions.sort((a, b) => a - b),
    Array.from({ length: load.published }, (_, n) => n + 1),
    'none is lost',
  )
  const misplaced = events.filter(({ version, topic, partition, offset }) => load.places.get(version) !== `${topic}/${partition}/${offset}`)
  t.same(misplaced, [], 'each stands where its answer said')
  for (const topic of [`${entityType}.create`, `${entityType}.update`])
    for (const id of tickets) {
      const own = events.filter((event) => event.topic === topic && event.id === id).map(({ version }) => version)
      t.ok(
        own.every((version, at) => at === 0 || version > own[at - 1]!),
        `the events of ${id} on ${topic} are in the order of the calls`,
      )
    }
})
