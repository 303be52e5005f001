import { parsePolicy } from '#policy/role-policy.js'
import type { Audience } from '#policy/rights.js'
import type { Routable } from '#gateway/route/entity-audiences.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { entityIdOf } from '../workload/order.js'
import { policyText, roles } from '../workload/policy.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { sampleCount } from './sample-events.js'

export const route: MicroQuestion = {
  name: 'route',
  question: 'What does it cost to find the subscribers of an entity, and to go through them?',
  cases: () => [ofEntities('nobody', 0), ofEntities('one subscriber', 1), ofEntities('100 subscribers', 100), comingAndGoing()],
}

/** Others that somebody has subscribed to, so that looking one up is not free. */
const otherEntities = 10_000

/** Plainly the subscribers stand in a map of sets; ours stand by audience, of which there are three. */
function ofEntities(name: string, subscribers: number): MicroCase {
  const { index, plain, subscribe } = populated()
  for (let entity = 0; entity < sampleCount; entity++) for (let nth = 0; nth < subscribers; nth++) subscribe(entity, nth)
  return ofEach(
    name,
    (input) => {
      let sum = 0
      const audiences = index.audiencesOf('order', ids[input]!)
      if (audiences === undefined) return sum
      for (const members of audiences.all()) for (const { number } of members) sum += number
      return sum
    },
    (input) => {
      let sum = 0
      const subscribers = plain.get(ids[input]!)
      if (subscribers === undefined) return sum
      for (const { number } of subscribers) sum += number
      return sum
    },
  )
}

/** One subscribes to what another one watches, and leaves. The answer: whether somebody is left. */
function comingAndGoing(): MicroCase {
  const { index, plain, subscribe } = populated()
  for (let entity = 0; entity < sampleCount; entity++) subscribe(entity, 0)
  const guests = ids.map((id) => new Subscriber(id, 1))
  return ofEach(
    'subscribe and unsubscribe',
    (input) => {
      index.add(guests[input]!)
      index.remove(guests[input]!)
      return index.audiencesOf('order', ids[input]!) === undefined ? 0 : 1
    },
    (input) => {
      const subscribers = plain.get(ids[input]!)!
      subscribers.add(guests[input]!)
      subscribers.delete(guests[input]!)
      return plain.get(ids[input]!)!.size === 0 ? 0 : 1
    },
  )
}

/** Of the workload, whose entities have ids of one width. */
const ids = Array.from({ length: sampleCount }, (_none, entity) => entityIdOf(entity))

function ofEach(name: string, sluice: (input: number) => number, plain: (input: number) => number): MicroCase {
  return caseOf({ name, inputs: sampleCount, operations: 1 }, sluice, plain, { weigh: (sum: number) => sum })
}

function throwFault(_at: string, _entityType: string, error: unknown): never {
  throw error
}

function populated() {
  const index = new SubscriptionIndex<Subscriber>(throwFault)
  const plain = new Map<string, Set<Subscriber>>()
  const subscribe = (entity: number, nth: number) => {
    const subscriber = new Subscriber(entityIdOf(entity), nth)
    index.add(subscriber)
    const known = plain.get(subscriber.entityId)
    if (known === undefined) plain.set(subscriber.entityId, new Set([subscriber]))
    else known.add(subscriber)
  }
  for (let entity = sampleCount; entity < sampleCount + otherEntities; entity++) subscribe(entity, 0)
  return { index, plain, subscribe }
}

const policy = parsePolicy(policyText)
const audiences = roles.map((role) => policy.rightsOf([role], {}).audienceOf('order')!)

class Subscriber implements Routable {
  readonly entityType = 'order'
  readonly sentTimes = new SentTimes()
  readonly owner = 'any'
  readonly number: number

  constructor(
    readonly entityId: string,
    private readonly nth: number,
  ) {
    this.number = nth + 1
  }

  audienceOf(): Audience {
    return audiences[this.nth % audiences.length]!
  }
}
