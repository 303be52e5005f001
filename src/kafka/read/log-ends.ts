import { pause, type Clock } from '#clock.js'
import { groupedBy } from '#grouped-by.js'
import type { KafkaBrokers } from '../kafka-brokers.js'
import { errorCodes } from '../wire/error-codes.js'
import { newest, offsetsQuestion, oldest, type OffsetsAsked } from '../wire/offsets-question.js'
import type { LogEnds, Reading } from './reading.js'

/** How long brokers are waited for, in milliseconds. A later answer counts too, but nobody waits for it. */
const answerMsMax = 1000

/** Asks where logs begin and end, each broker for those that it leads. */
export class LogEndsAsker {
  /** The brokers that owe an answer: they are asked nothing more until it comes. */
  private readonly owing = new Set<number>()

  constructor(
    private readonly brokers: KafkaBrokers,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when all brokers have answered, or not in time.
   * @param tell called with the ends of one broker's logs, as soon as it has answered.
   */
  async ask(readings: readonly Reading[], tell: (ends: ReadonlyMap<Reading, LogEnds>) => void): Promise<void> {
    const over = new AbortController()
    const asked = [...groupedBy(readings, ({ leader }) => leader)].filter(([broker]) => !this.owing.has(broker))
    const asking = asked.map(async ([broker, ofBroker]) => {
      this.owing.add(broker)
      try {
        tell(await endsOf(this.brokers, broker, ofBroker))
      } finally {
        this.owing.delete(broker)
      }
    })
    await Promise.race([Promise.allSettled(asking), pause(this.clock, answerMsMax, over.signal)])
    over.abort()
  }
}

async function endsOf(brokers: KafkaBrokers, broker: number, readings: readonly Reading[]): Promise<ReadonlyMap<Reading, LogEnds>> {
  const asked = [
    { at: oldest, decidedOnly: false },
    { at: newest, decidedOnly: false },
    { at: newest, decidedOnly: true },
  ] as const
  const [lows, highs, stables] = await Promise.all(asked.map((one) => offsetsAt(brokers, broker, one, readings)))
  const ends = new Map<Reading, LogEnds>()
  for (const reading of readings) {
    const [low, high, stable] = [lows?.get(reading.name), highs?.get(reading.name), stables?.get(reading.name)]
    if (low !== undefined && high !== undefined && stable !== undefined) ends.set(reading, { low, high, stable })
  }
  return ends
}

async function offsetsAt(
  brokers: KafkaBrokers,
  broker: number,
  asked: Pick<OffsetsAsked, 'at' | 'decidedOnly'>,
  readings: readonly Reading[],
): Promise<Map<string, number>> {
  const topics = [...groupedBy(readings, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }))
  const answers = await brokers.ask(broker, offsetsQuestion, { ...asked, topics })
  const answered = answers.filter(({ errorCode, offset }) => errorCode === errorCodes.none && offset >= 0)
  return new Map(answered.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
}
