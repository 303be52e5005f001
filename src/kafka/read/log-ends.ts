import { pause, type Clock } from '#clock.js'
import { groupedBy } from '../grouped-by.js'
import type { KafkaBrokers } from '../kafka-brokers.js'
import { errorCodes } from '../wire/error-codes.js'
import { newest, offsetsQuestion, oldest, type OffsetsAsked } from '../wire/offsets-question.js'
import type { LogEnds, Reading } from './reading.js'

/** How long brokers are waited for, in milliseconds. The next look asks those again that have not answered. */
const answerMsMax = 1000

/**
 * Asks where the logs begin and end. Resolves when all brokers have answered, or not in time.
 * @param tell called with the ends of one broker's logs, as soon as it has answered.
 */
export async function askEnds(
  brokers: KafkaBrokers,
  readings: readonly Reading[],
  clock: Clock,
  tell: (ends: ReadonlyMap<Reading, LogEnds>) => void,
): Promise<void> {
  const over = new AbortController()
  const asking = [...groupedBy(readings, ({ leader }) => leader)].map(async ([broker, ofBroker]) => {
    const ends = await endsOf(brokers, broker, ofBroker)
    if (!over.signal.aborted) tell(ends)
  })
  await Promise.race([Promise.allSettled(asking), pause(clock, answerMsMax, over.signal)])
  over.abort()
}

async function endsOf(brokers: KafkaBrokers, broker: number, readings: readonly Reading[]): Promise<ReadonlyMap<Reading, LogEnds>> {
  const [lows, highs] = await Promise.all([offsetsAt(brokers, broker, oldest, readings), offsetsAt(brokers, broker, newest, readings)])
  const ends = new Map<Reading, LogEnds>()
  for (const reading of readings) {
    const [low, high] = [lows.get(reading.name), highs.get(reading.name)]
    if (low !== undefined && high !== undefined) ends.set(reading, { low, high })
  }
  return ends
}

async function offsetsAt(
  brokers: KafkaBrokers,
  broker: number,
  at: OffsetsAsked['at'],
  readings: readonly Reading[],
): Promise<Map<string, number>> {
  const topics = [...groupedBy(readings, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }))
  const answers = await brokers.ask(broker, offsetsQuestion, { at, topics })
  const answered = answers.filter(({ errorCode, offset }) => errorCode === errorCodes.none && offset >= 0)
  return new Map(answered.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
}
