import { type Ailment, ailments } from '#gateway/observe/ailments.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { AilmentAnswer, PipelineAnswer, TopicLag } from '../operation-answers.js'
import type { FigureRing } from './figure-ring.js'

/** @param since the number of the first sample that is wanted. */
export function pipelineAnswer(ring: FigureRing, meter: Meter, since: number): PipelineAnswer {
  return { samples: ring.since(since), next: ring.next, lag: lagByTopic(meter), not_well: notWell(ring) }
}

function notWell(ring: FigureRing): AilmentAnswer[] {
  return Object.entries<Ailment>(ailments).flatMap(([name, { figure, over, is, limit, sentence, mend }]) => {
    const amount = over === 'now' ? ring.now(figure) : ring.grownInMinute(figure)
    const holds = is === 'above' ? amount > limit : amount < limit
    return holds ? [{ name, sentence: sentence.replace('{n}', amount.toLocaleString('en-US')), mend }] : []
  })
}

/** A topic's name holds no slash. */
function lagByTopic({ lag }: Meter): TopicLag[] {
  const topics = new Map<string, Record<string, number>>()
  for (const [key, read] of lag) {
    const [topic, partition] = key.split('/') as [string, string]
    const its = topics.get(topic) ?? {}
    topics.set(topic, its)
    its[partition] = read()
  }
  return Array.from(topics, ([topic, partitions]) => ({ topic, partitions }))
}
