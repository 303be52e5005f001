import { isDeepStrictEqual } from 'node:util'
import type { SimulatedRights } from './known-rights.js'
import type { PageSimulation } from './page-simulation.js'
import { isOfOneLog, isOlder, keyOf, latestOf, visible } from './picture-oracle.js'
import { policies, type Entity, type SimulatedUser, type WrittenEvent } from './simulated-world.js'

/** What a page holds of an entity. */
export interface Held {
  readonly entityType: string
  readonly entityId: string
  entity: Entity | undefined
  version: WrittenEvent | undefined
  cursor: string | undefined
  /** Whether it was told that it was not shown all: its next version may come after others. */
  hasGap: boolean
  /** Whether it was told anything since it connected. */
  wasTold: boolean
  /** How many events had been written when it was told that it would hear of the entity. */
  from: number
}

type Message = Readonly<Record<string, unknown>>

export function nothingOf(entityType: string, entityId: string): Held {
  return { entityType, entityId, entity: undefined, version: undefined, cursor: undefined, hasGap: true, wasTold: false, from: Infinity }
}

/** Puts in what a page is told and takes out what is gone, and notes what it should not have been told: by the log and the rules alone. */
export class PagePicture {
  readonly faults: string[] = []
  /** Whoever the page's user was. */
  readonly faces = new Set<SimulatedUser>()

  constructor(
    private readonly name: string,
    private readonly world: PageSimulation,
    /** Whether updates may be left out as the page wished. */
    private readonly isPaced: boolean,
  ) {}

  noteGap(one: Held, missed: unknown): void {
    this.world.met.gaps++
    one.hasGap = true
    if (!(typeof missed === 'number' && missed > 0)) this.fault(`was told of a gap of ${String(missed)}`, one.version)
  }

  noteSnapshot(some: readonly Held[], count: unknown): void {
    this.world.met.snapshots++
    const [held] = some.filter(({ entity }) => entity !== undefined)
    if (count === 0 && held !== undefined) this.fault('holds what the snapshot does not have', held.version)
  }

  /** An update of the seed's dialect, which says no time: nobody knows which version it shows. */
  showUntimed(one: Held, { operation, data }: Message, rights: readonly SimulatedRights[]): void {
    this.world.met.seedUpdates++
    one.wasTold = true
    one.entity = operation === 'delete' ? undefined : (data as Entity)
    if (operation === 'delete' && !isDeepStrictEqual(data, {})) this.fault('was shown data of a delete', undefined)
    if (operation === 'delete') return
    const versions = this.world.written.filter((version) => keyOf(version) === keyOf(one))
    const isOf = (version: WrittenEvent) => rights.some(({ user, policy }) => isDeepStrictEqual(data, visible(user, version, policy)))
    if (!versions.some(isOf)) this.fault(`was shown ${JSON.stringify(data)}`, undefined)
  }

  show(one: Held, { timestamp, operation, data }: Message, rights: readonly SimulatedRights[]): void {
    const { written, met } = this.world
    met.updates++
    one.wasTold = true
    const version = written.find(({ timestampMs }) => new Date(timestampMs).toISOString() === timestamp)
    if (operation === 'delete') {
      if (one.entity === undefined && timestamp !== undefined) this.fault('was told of the end of what it was not shown', version)
      if (!isDeepStrictEqual(data, {})) this.fault('was shown data of a delete', version)
      one.entity = undefined
      if (version !== undefined) one.version = version
      return
    }
    if (version === undefined) return this.fault(`was shown an event that nobody wrote: ${String(timestamp)}`, undefined)
    if (one.version !== undefined && !this.world.wasReadAgain(version) && isOlder(version, one.version, written))
      this.fault('was shown an older version after a newer one', version)
    if (!rights.some(({ user, policy }) => isDeepStrictEqual(data, visible(user, version, policy))))
      this.fault(`was shown ${JSON.stringify(data)}`, version)
    if (operation === 'create' && one.entity !== undefined && version.operation !== 'create')
      this.fault('was told that what it was shown is new', version)
    const isFirst = !written.some((other) => keyOf(other) === keyOf(version) && isOfOneLog(other, version) && other.offset < version.offset)
    if (operation === 'update' && one.entity === undefined && !isFirst) this.fault('was told of a change of what it was not shown', version)
    this.missesNone(one, version)
    one.version = version
    one.entity = data as Entity
  }

  /**
   * What a page lacks, or has too much, once all is quiet.
   * @param isTimed whether the page asked for a snapshot: otherwise what was written before counts only where it was told of it.
   */
  wrong(one: Held, { user, policy }: SimulatedRights, isTimed: boolean): string[] {
    const latest = latestOf(this.world.versionsOf(keyOf(one)))
    const expected = visible(user, latest, policy)
    const isDue = isTimed || one.wasTold || (latest !== undefined && this.world.written.indexOf(latest) >= one.from)
    if (isDeepStrictEqual(one.entity, expected) || (!isDue && one.entity === undefined)) return []
    return [`${this.name} holds ${JSON.stringify(one.entity)} of ${keyOf(one)} instead of ${JSON.stringify(expected)}`]
  }

  /**
   * No version is left out that is visible whatever the rights were meanwhile. Where an entity has several logs, one may be stale because of
   * another that the page was not shown.
   */
  private missesNone(one: Held, version: WrittenEvent): void {
    const { version: last, hasGap } = one
    one.hasGap = false
    const all = this.world.written.filter((other) => keyOf(other) === keyOf(version))
    if (hasGap || this.isPaced || last === undefined || !all.every((other) => isOfOneLog(other, version))) return
    const between = all.filter(({ offset }) => offset > last.offset && offset < version.offset)
    const isAlwaysSeen = (other: WrittenEvent) =>
      policies.every((_policy, number) => [...this.faces].every((face) => visible(face, other, number)))
    const seen = between.filter(isAlwaysSeen)
    if (seen.length > 0) this.fault(`was not shown ${seen.map(({ offset }) => offset).join(', ')} before`, version)
  }

  fault(text: string, version?: WrittenEvent): void {
    const at = version === undefined ? '' : `${version.topic}/${version.partition}@${version.offset}`
    this.faults.push(`${this.name}: ${text} ${at}`)
  }
}
