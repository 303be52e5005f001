import { isDeepStrictEqual } from 'node:util'
import { operations } from '#entities.js'
import { permitted, policies, type Entity, type SimulatedUser, type WrittenEvent } from './simulated-world.js'
import type { SimulatedClient, Simulation } from './simulation.js'

// What a client's page must hold, by the log and the rules alone. It knows nothing of tables, audiences or frames.

/** A client that puts in what it is told and takes out what is gone. */
interface Picture {
  readonly shown: Map<string, Entity>
  readonly faults: string[]
}

export const keyOf = ({ entityType, entityId }: Pick<WrittenEvent, 'entityType' | 'entityId'>) => `${entityType}/${entityId}`

function isNewer(one: WrittenEvent, other: WrittenEvent): boolean {
  return rankOrder(one, other) > 0
}

function rankOrder(one: WrittenEvent, other: WrittenEvent): number {
  const byOperation = operations.indexOf(one.operation) - operations.indexOf(other.operation)
  const byTopic = one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition
  return one.timestampMs - other.timestampMs || byOperation || byTopic
}

/** The latest version: the last one in the log that has the newest. */
export function latestOf(versions: readonly WrittenEvent[]): WrittenEvent | undefined {
  const newest = versions.reduce<WrittenEvent | undefined>(
    (best, one) => (best === undefined || isNewer(one, best) ? one : best),
    undefined,
  )
  return versions.findLast(({ topic, partition }) => topic === newest?.topic && partition === newest.partition)
}

/** What the client may see of a version: nothing of what is gone. */
export function visible(user: SimulatedUser, version: WrittenEvent | undefined, policy: number): Entity | undefined {
  return version === undefined || version.operation === 'delete' ? undefined : permitted(user, version, policies[policy]!)
}

export const isOfOneLog = (one: WrittenEvent, other: WrittenEvent) =>
  one.topic === other.topic && one.partition === other.partition && one.generation === other.generation

/** The version with the highest rank among those of its entity in its log up to itself. */
function highestUpTo(version: WrittenEvent, written: readonly WrittenEvent[]): WrittenEvent {
  const before = written.filter((other) => keyOf(other) === keyOf(version) && isOfOneLog(other, version) && other.offset <= version.offset)
  return before.reduce((best, one) => (isNewer(one, best) ? one : best), version)
}

/** Whether a version is older than another one of its entity: in one log by offset, otherwise by the highest rank of its log so far. */
export function isOlder(one: WrittenEvent, other: WrittenEvent, written: readonly WrittenEvent[]): boolean {
  if (isOfOneLog(one, other)) return one.offset < other.offset
  return rankOrder(highestUpTo(one, written), highestUpTo(other, written)) < 0
}

function pictureOf(client: SimulatedClient, byTime: ReadonlyMap<string, WrittenEvent>, written: readonly WrittenEvent[]): Picture {
  const [shown, faults, latest] = [new Map<string, Entity>(), [] as string[], new Map<string, WrittenEvent>()]
  const known = new Set<unknown>()
  const fault = (text: string, version?: WrittenEvent) =>
    faults.push(`${client.user.sub}: ${text} ${version === undefined ? '' : `${version.topic}/${version.partition}@${version.offset}`}`)
  for (const [index, message] of client.transport.messages().entries()) {
    const policy = client.policyFrom.findLast(([from]) => from <= index)![1]
    const { type, entity_id: entityId, timestamp, operation, data } = message
    if (type === 'unsubscription_success') {
      known.delete(entityId)
      for (const key of shown.keys()) if (key.endsWith(`/${String(entityId)}`)) shown.delete(key)
    }
    if (type === 'snapshot_complete') known.add(entityId)
    if (type !== 'entity_update') continue
    const version = byTime.get(String(timestamp))
    if (operation === 'delete' && timestamp === undefined) {
      // Of a version that is hidden now, and so is its time.
      const { entity_type: entityType } = message
      if (!shown.delete(`${String(entityType)}/${String(entityId)}`))
        fault(`was told of the end of what it was not shown: ${String(entityId)}`)
      continue
    }
    if (version === undefined) {
      fault(`was shown an event that nobody wrote: ${JSON.stringify(message)}`)
      continue
    }
    const key = keyOf(version)
    const [before, has] = [latest.get(key), shown.has(key)]
    if (before !== undefined && isOlder(version, before, written) && known.has(entityId))
      fault('was shown an older version after a newer one', version)
    latest.set(key, version)
    if (operation === 'delete') {
      if (!has) fault('was told of the end of what it was not shown', version)
      if (!isDeepStrictEqual(data, {})) fault('was shown data of a delete', version)
      shown.delete(key)
      continue
    }
    if (!isDeepStrictEqual(data, visible(client.user, version, policy))) fault(`was shown ${JSON.stringify(data)}`, version)
    if (operation === 'create' && has && version.operation !== 'create') fault('was told that what it was shown is new', version)
    const isFirst = !written.some((other) => keyOf(other) === key && isOfOneLog(other, version) && other.offset < version.offset)
    if (operation === 'update' && !has && !isFirst) fault('was told of a change of what it was not shown', version)
    shown.set(key, data as Entity)
  }
  return { shown, faults }
}

/** What the pictures of all clients that are still there lack or have too much, once all is quiet. */
export function pictureFaults({ clients, written, inForce }: Simulation): string[] {
  const byTime = new Map(written.map((event) => [new Date(event.timestampMs).toISOString(), event]))
  return clients.flatMap((client) => {
    const { shown, faults } = pictureOf(client, byTime, written)
    if (client.gone || client.transport.closedWith?.code !== 4000) return faults
    const due = client.wishes.flatMap(({ entityId }) => ['order', 'parcel'].map((entityType) => ({ entityType, entityId })))
    const wrong = due.flatMap((one) => {
      const versions = written.filter((version) => keyOf(version) === keyOf(one))
      const expected = visible(client.user, latestOf(versions), inForce)
      const actual = shown.get(keyOf(one))
      return isDeepStrictEqual(actual, expected)
        ? []
        : [`${client.user.sub} holds ${JSON.stringify(actual)} of ${keyOf(one)} instead of ${JSON.stringify(expected)}`]
    })
    return [...faults, ...wrong]
  })
}
