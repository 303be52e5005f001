import { pause, type Clock } from '#clock.js'
import { groupedBy } from '../grouped-by.js'
import type { KafkaNodes } from '../kafka-nodes.js'
import { errorCodes } from '../wire/error-codes.js'
import { newest, offsetsQuestion, oldest, type OffsetsAsked } from '../wire/offsets-question.js'
import type { LogEnds, Reading } from './reading.js'

/** What a node has not answered within this time is not waited for: it is asked again by the next look, in milliseconds. */
const answerMsMax = 1000

/**
 * Asks where the logs begin and end. Resolves when all nodes have answered, or not in time.
 * @param tell called with the logs of one node, as soon as it has answered for them.
 */
export async function askEnds(
  nodes: KafkaNodes,
  readings: readonly Reading[],
  clock: Clock,
  tell: (ends: ReadonlyMap<Reading, LogEnds>) => void,
): Promise<void> {
  const over = new AbortController()
  const asking = [...groupedBy(readings, ({ node }) => node)].map(async ([node, ofNode]) => {
    const ends = await endsOf(nodes, node, ofNode)
    if (!over.signal.aborted) tell(ends)
  })
  await Promise.race([Promise.allSettled(asking), pause(clock, answerMsMax, over.signal)])
  over.abort()
}

async function endsOf(nodes: KafkaNodes, node: number, readings: readonly Reading[]): Promise<ReadonlyMap<Reading, LogEnds>> {
  const [lows, highs] = await Promise.all([offsetsAt(nodes, node, oldest, readings), offsetsAt(nodes, node, newest, readings)])
  const ends = new Map<Reading, LogEnds>()
  for (const reading of readings) {
    const [low, high] = [lows.get(reading.name), highs.get(reading.name)]
    if (low !== undefined && high !== undefined) ends.set(reading, { low, high })
  }
  return ends
}

async function offsetsAt(
  nodes: KafkaNodes,
  node: number,
  at: OffsetsAsked['at'],
  readings: readonly Reading[],
): Promise<Map<string, number>> {
  const topics = [...groupedBy(readings, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }))
  const answers = await nodes.ask(node, offsetsQuestion, { at, topics })
  const answered = answers.filter(({ errorCode, offset }) => errorCode === errorCodes.none && offset >= 0)
  return new Map(answered.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
}
