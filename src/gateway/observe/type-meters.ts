import { LatencyHistogram } from './latency-histogram.js'

/**
 * More have no figures of their own: each makes some thirty series. With `*` in the registry types come and go by what others write there.
 */
const typesMax = 100
/** Whatever has no figures of its own. */
const otherType = 'other'

/** What becomes of the events of one entity type. */
export class TypeMeter {
  /** Events of entities to which somebody had subscribed, or that may concern a collection. */
  routed = 0
  unwanted = 0
  /** Older than what is known of the entity. */
  stale = 0
  notStreamable = 0
  bad = 0
  /** How often an update was put into a mailbox. */
  deliveries = 0
  /** For each write, the time from the Kafka timestamp of its oldest record until the write, by the type of that one. */
  readonly deliveryLatency = new LatencyHistogram()
}

export class TypeMeters {
  private readonly meters = new Map<string, TypeMeter>()
  private lastType: string | undefined
  private last = new TypeMeter()

  /** Events of one type come in runs, so that the latest one is found at once. Where the type is not known, `other` is meant. */
  of(entityType: string = otherType): TypeMeter {
    if (entityType === this.lastType) return this.last
    this.lastType = entityType
    return (this.last = this.metersOf(entityType))
  }

  all(): ReadonlyMap<string, TypeMeter> {
    return this.meters
  }

  private metersOf(entityType: string): TypeMeter {
    const known = this.meters.get(entityType)
    if (known !== undefined) return known
    const isOver = this.meters.size >= typesMax && entityType !== otherType
    const meter = (isOver ? this.meters.get(otherType) : undefined) ?? new TypeMeter()
    this.meters.set(isOver ? otherType : entityType, meter)
    return meter
  }
}
