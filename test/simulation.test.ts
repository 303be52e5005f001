import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { firstSeed, runSeeds } from './support/running/seeds.js'
import { permitted, policies, type WrittenEvent } from './support/gateway/simulated-world.js'
import { Simulation, type SimulatedClient } from './support/gateway/simulation.js'

const steps = 400

interface Shown {
  readonly event: WrittenEvent
  readonly data: unknown
  /** The policy at the moment of sending. */
  readonly policy: (typeof policies)[number]
}

/** The events that a client was shown, in the order in which it was. */
function shownTo(client: SimulatedClient, byTime: ReadonlyMap<string, WrittenEvent>): (Shown | undefined)[] {
  return client.transport.messages().flatMap(({ type, timestamp, data }, index) => {
    const policy = policies[client.policyFrom.findLast(([from]) => from <= index)![1]]!
    const event = byTime.get(String(timestamp))
    return type === 'entity_update' ? [event && { event, data, policy }] : []
  })
}

function leaks(client: SimulatedClient, shown: readonly Shown[]): string[] {
  return shown.flatMap(({ event, data, policy }) => {
    const may = permitted(client.user, event, policy)
    return isDeepStrictEqual(data, may) ? [] : [`${client.user.sub} was shown ${JSON.stringify(data)} and may see ${JSON.stringify(may)}`]
  })
}

/** By what the client has been told: from the answer to a subscription up to the answer to the unsubscription. */
function unasked(client: SimulatedClient): string[] {
  const stands = new Set<unknown>()
  return client.transport.messages().flatMap(({ type, entity_id: entityId }) => {
    if (type === 'subscription_success') stands.add(entityId)
    if (type === 'unsubscription_success') stands.delete(entityId)
    return type !== 'entity_update' || stands.has(entityId)
      ? []
      : [`${client.user.sub} was sent ${String(entityId)} without a subscription`]
  })
}

/** Each event once. */
function doubled(shown: readonly Shown[]): string[] {
  const seen = new Set<WrittenEvent>()
  return shown.flatMap(({ event }) => {
    const isAgain = seen.has(event)
    seen.add(event)
    return isAgain ? [`${event.topic}@${event.offset} came twice`] : []
  })
}

/** Within a partition by offset; where an entity's operations have topics of their own, by time. */
function disorder(shown: readonly Shown[]): string[] {
  return shown.flatMap(({ event }, index) => {
    const later = shown.slice(index + 1).map((other) => other.event)
    const ofEntity = later.filter(({ entityType, entityId }) => entityType === event.entityType && entityId === event.entityId)
    const older = ofEntity.filter((other) => {
      if (event.entityType === 'order') return other.timestampMs < event.timestampMs
      return other.partition === event.partition && other.offset <= event.offset
    })
    return older.map((other) => `${other.topic}@${other.offset} came after ${event.topic}@${event.offset}`)
  })
}

/** Permitted events of a client that is still there which it did not get, though nothing newer had been sent to its user, by this connection or another. */
function losses(
  client: SimulatedClient,
  shown: readonly Shown[],
  written: readonly WrittenEvent[],
  sent: ReadonlySet<WrittenEvent>,
): string[] {
  if (client.gone || client.transport.closedWith?.code !== 4000) return []
  const got = new Set(shown.map(({ event }) => event))
  const due = written.filter((event, index) => client.wishes.some(({ entityId, from }) => entityId === event.entityId && index >= from))
  const missing = due.filter((event) => !got.has(event) && policies.every((policy) => permitted(client.user, event, policy) !== undefined))
  const unexplained = missing.filter((event) => {
    const isNewer = (other: WrittenEvent) =>
      other.entityId === event.entityId && other.entityType === event.entityType && other.timestampMs > event.timestampMs
    return event.entityType !== 'order' || ![...sent].some(isNewer)
  })
  return unexplained.map(({ topic, offset }) => `${client.user.sub} never got ${topic}@${offset}`)
}

/**
 * Sent, but never on its way: what lay in the socket of a client that was cut off, and what may have lain in the mailbox of one that was
 * closed for it, or that left while it did not read.
 */
function letGo({ user, transport, wishes, leftAt }: SimulatedClient, written: readonly WrittenEvent[]): WrittenEvent[] {
  const lost = transport.lost.map((text) => (JSON.parse(text) as { timestamp?: string }).timestamp)
  const inSocket = written.filter(({ timestampMs }) => lost.includes(new Date(timestampMs).toISOString()))
  const { code } = transport.closedWith ?? {}
  const before = code === 4001 || code === 4003 ? written : transport.reads ? [] : written.slice(0, leftAt)
  const wished = before.filter(({ entityId }) => wishes.some((wish) => wish.entityId === entityId))
  return [...inSocket, ...wished.filter((event) => policies.some((policy) => permitted(user, event, policy) !== undefined))]
}

/** Sent under one policy and, as it still waited, withdrawn under the other: it counts as sent. */
function withdrawn({ user, wishes }: SimulatedClient, written: readonly WrittenEvent[]): WrittenEvent[] {
  const wished = written.filter(({ entityId }) => wishes.some((wish) => wish.entityId === entityId))
  return wished.filter((event) => new Set(policies.map((policy) => permitted(user, event, policy) === undefined)).size > 1)
}

function faultsOf({ clients, written, logged, meter, badWritten }: Simulation): string[] {
  const byTime = new Map(written.map((event) => [new Date(event.timestampMs).toISOString(), event]))
  const shown = clients.map((client) => shownTo(client, byTime))
  const known = shown.map((all) => all.filter((one) => one !== undefined))
  const sentTo = new Map<string, Set<WrittenEvent>>()
  for (const [index, client] of clients.entries()) {
    const events = [...known[index]!.map(({ event }) => event), ...letGo(client, written), ...withdrawn(client, written)]
    sentTo.set(client.user.sub, new Set([...(sentTo.get(client.user.sub) ?? []), ...events]))
  }
  const bad = [...meter.badRecords.values()].reduce((sum, count) => sum + count, 0)
  return [
    ...shown.flatMap((all) => (all.includes(undefined) ? ['a frame shows an event that nobody wrote'] : [])),
    ...clients.flatMap((client, index) => leaks(client, known[index]!)),
    ...clients.flatMap((client, index) => losses(client, known[index]!, written, sentTo.get(client.user.sub)!)),
    ...clients.flatMap(unasked),
    ...known.flatMap(doubled),
    ...known.flatMap(disorder),
    ...logged.filter(({ level }) => level === 'error').map(({ message }) => message),
    ...(meter.badRecords.has('internal_error') ? ['a fault of ours was taken for a bad record'] : []),
    ...(bad > badWritten ? [`${bad} records were called bad, ${badWritten} were`] : []),
    ...(meter.mailboxBytes === 0 ? [] : [`${meter.mailboxBytes} bytes are left in mailboxes`]),
  ]
}

test('leaks nothing, loses nothing and keeps the order, whatever clients, producers and the registry do', async (t) => {
  await runSeeds(t, 25, async (seed) => {
    const simulation = new Simulation(seed)
    await simulation.run(steps)
    const { meter, badWritten: bad, clients } = simulation
    const closedWith = (code: number) => clients.filter(({ transport }) => transport.closedWith?.code === code).length
    const cut = clients.filter(({ transport }) => transport.wasCut).length
    const { framesSent: updates, eventsStale: stale } = meter
    return { faults: faultsOf(simulation), met: { updates, stale, bad, rightsChanged: closedWith(4003), cut, tooSlow: closedWith(4001) } }
  })
})

test('the same seed is the same run, to the byte', async (t) => {
  const transcripts = await Promise.all(
    [0, 1].map(async () => {
      const simulation = new Simulation(firstSeed)
      await simulation.run(steps)
      return simulation.clients.map(({ transport }) => transport.received)
    }),
  )
  t.same(transcripts[0], transcripts[1])
})
