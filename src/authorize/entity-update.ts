import { timestampText } from '../decode/avro/iso-text.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Audience, Mask } from './rights.js'

/** `seed`: the shapes of the seed's protocol alone. `sluice.v1`: with the additions that the subprotocol offers. */
export type Dialect = 'seed' | 'sluice.v1'

/** What stage 4 hands on: the text of one WebSocket message (UTF-8), shared by all that receive it. Never changed. */
export interface Frame {
  readonly kind: 'frame'
  readonly bytes: Uint8Array
  /** Of `bytes`, kept as a number: it is asked for with every delivery. */
  readonly size: number
  /** Kafka's time of the record in it, in milliseconds since the epoch; 0 where it answers a request. */
  readonly kafkaTimestampMs: number
  /** What it shows; undefined where it answers a request. */
  readonly update: EntityUpdate | undefined
}

/** One event under one mask: its frame is encoded when the first connection of a dialect needs it, then shared. */
export class EntityUpdate {
  readonly entityType: string
  private seed: Frame | undefined
  private v1: Frame | undefined
  private head: string | undefined
  private known: ChangeEvent | undefined
  private underOthers: Map<Mask, EntityUpdate> | undefined
  /** The permitted leaves have no place in this event, such as those of a union's other branch. */
  readonly showsNothing: boolean

  /** @throws BadRecordError where the event's data cannot be read. */
  constructor(
    event: ChangeEvent,
    mask: Mask | undefined,
    private readonly encoded: () => void,
  ) {
    const { entityId, entityType, operation, data } = event
    this.known = event
    this.entityType = entityType
    // A delete shows nothing of its data, but one that cannot be read is a bad record like any other.
    const visible = data === null || mask === undefined ? '{}' : mask.project(data.bytes, data.start)
    this.showsNothing = data !== null && visible === '{}'
    this.head =
      `{"type":"entity_update","entity_id":${JSON.stringify(entityId)},"entity_type":"${entityType}",` +
      `"operation":"${operation}","data":${operation === 'delete' ? '{}' : visible}`
  }

  /** Until it is forgotten. */
  get event(): ChangeEvent {
    if (this.known === undefined) throw new Error('The event of an update is gone.')
    return this.known
  }

  /** Until it is sealed. */
  frame(dialect: Dialect): Frame {
    if (dialect === 'seed') return (this.seed ??= this.encode('}'))
    return (this.v1 ??= this.encode(`,"timestamp":"${timestampText(this.event.timestampMs, 3)!}Z"}`))
  }

  /**
   * The same event as other rights show it, as one object for all to whom they show the same. `unknown` where the event is forgotten, or
   * cannot be judged by itself: its data is missing, or cannot be read where these rights ask for it.
   */
  judgedBy(audience: Audience | undefined): EntityUpdate | 'hidden' | 'unknown' {
    const event = this.known
    if (event === undefined || event.data === null) return 'unknown'
    try {
      const mask = audience?.maskOf(event)
      const update = mask && this.under(mask, event)
      return update === undefined || update.showsNothing ? 'hidden' : update
    } catch {
      return 'unknown'
    }
  }

  /** Whoever receives it has its frame, and no other is made of it: what it was made of need not outlive the delivery. */
  seal(): void {
    this.head = this.seed = this.v1 = undefined
  }

  /** It cannot be judged anew any more. */
  forget(): void {
    for (const update of this.underOthers?.values() ?? []) {
      update.seal()
      update.forget()
    }
    this.known = this.underOthers = undefined
  }

  private under(mask: Mask, event: ChangeEvent): EntityUpdate {
    this.underOthers ??= new Map()
    let update = this.underOthers.get(mask)
    if (update === undefined) this.underOthers.set(mask, (update = new EntityUpdate(event, mask, this.encoded)))
    return update
  }

  private encode(tail: string): Frame {
    if (this.head === undefined) throw new Error('The update is sealed.')
    this.encoded()
    return frameOf(this.head + tail, this)
  }
}

/** @param update that is in it; undefined where it answers a request. */
export function frameOf(text: string, update?: EntityUpdate): Frame {
  const bytes = Buffer.from(text)
  return { kind: 'frame', bytes, size: bytes.byteLength, kafkaTimestampMs: update?.event.kafkaTimestampMs ?? 0, update }
}
