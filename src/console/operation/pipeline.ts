import { type Ailment, ailments, type Condition } from '#gateway/observe/ailments.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { AilmentAnswer, PipelineAnswer, TopicLag } from '../operation-answers.js'
import type { FigureRing } from './figure-ring.js'

/** @param since the number of the first sample that is wanted. */
export function pipelineAnswer(ring: FigureRing, meter: Meter, since: number): PipelineAnswer {
  return { samples: ring.since(since), next: ring.next, lag: lagByTopic(meter), not_well: notWell(ring) }
}

function notWell(ring: FigureRing): AilmentAnswer[] {
  return Object.entries<Ailment>(ailments).flatMap(([name, { when, sentence, mend }]) => {
    const amounts = when.map((condition) => amountOf(ring, condition))
    if (!when.every((condition, nth) => holds(condition, amounts[nth]!))) return []
    return [{ name, sentence: withAmount(sentence, amounts[0]!), mend }]
  })
}

/** Not a number where there is nothing to measure: then nothing holds, as in Prometheus. */
function amountOf(ring: FigureRing, condition: Condition): number {
  if ('latency' in condition) return (ring.slowestMs(condition.latency, 5) ?? NaN) / 1000
  const { figure, grownInMinutes, of } = condition
  const amount = grownInMinutes === undefined ? ring.now(figure) : ring.grown(figure, grownInMinutes)
  return of === undefined ? amount : amount / ring.now(of)
}

function holds({ is, limit }: Condition, amount: number): boolean {
  return is === 'above' ? amount > limit : amount < limit
}

function withAmount(sentence: string, amount: number): string {
  const text = (number: number) => number.toLocaleString('en-US', { maximumFractionDigits: 1 })
  return sentence.replace('{n}', text(amount)).replace('{%}', `${text(100 * amount)} %`)
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
