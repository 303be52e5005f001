import { pause, type Clock } from '#clock.js'
import type { KafkaNodes } from '../kafka-nodes.js'
import { errorCodes } from '../wire/error-codes.js'
import { newest, offsetsQuestion, oldest, type OffsetAnswer, type OffsetsAsked } from '../wire/offsets-question.js'
import type { LogEnds, Reading } from './reading.js'

/** A node that has not answered for so long holds up nobody who asks for others too, in milliseconds. */
const answerMsMax = 3000

/** The ends of those logs whose nodes answer for them soon; what others say is known when they are asked again. */
export async function endsOf(nodes: KafkaNodes, readings: readonly Reading[], clock: Clock): Promise<ReadonlyMap<Reading, LogEnds>> {
  const byNode = new Map<number, Reading[]>()
  for (const reading of readings) {
    if (reading.node !== undefined) byNode.set(reading.node, [...(byNode.get(reading.node) ?? []), reading])
  }
  const ends = new Map<Reading, LogEnds>()
  const asking = [...byNode].map(async ([node, ofNode]) => {
    const [lows, highs] = await Promise.all([offsetsAt(nodes, node, oldest, ofNode), offsetsAt(nodes, node, newest, ofNode)])
    for (const reading of ofNode) {
      const [low, high] = [lows.get(reading.name), highs.get(reading.name)]
      if (low !== undefined && high !== undefined) ends.set(reading, { low, high })
    }
  })
  const answered = new AbortController()
  await Promise.race([Promise.allSettled(asking), pause(clock, answerMsMax, answered.signal)])
  answered.abort()
  return new Map(ends)
}

async function offsetsAt(
  nodes: KafkaNodes,
  node: number,
  at: OffsetsAsked['at'],
  readings: readonly Reading[],
): Promise<Map<string, number>> {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of readings) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }))
  const answers = await nodes.ask(node, offsetsQuestion, { at, topics })
  return new Map(answers.filter(isAnswered).map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
}

function isAnswered({ errorCode, offset }: OffsetAnswer): boolean {
  return errorCode === errorCodes.none && offset >= 0
}
