import { timestampText } from '../decode/avro/iso-text.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { Mask } from './rights.js'

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
  /** Of the entity in it; undefined where it answers a request. */
  readonly entityType: string | undefined
}

/** One event under one mask: its frame is encoded when the first connection of a dialect needs it, then shared. */
export class EntityUpdate {
  private seed: Frame | undefined
  private v1: Frame | undefined
  private readonly head: string
  /** The permitted leaves have no place in this event, such as those of a union's other branch. */
  readonly showsNothing: boolean

  /** @throws BadRecordError where the event's data cannot be read. */
  constructor(
    readonly event: ChangeEvent,
    mask: Mask | undefined,
    private readonly encoded: () => void,
  ) {
    const { entityId, entityType, operation, data } = event
    // A delete shows nothing of its data, but one that cannot be read is a bad record like any other.
    const visible = data === null || mask === undefined ? '{}' : mask.project(data.bytes, data.start)
    this.showsNothing = data !== null && visible === '{}'
    this.head =
      `{"type":"entity_update","entity_id":${JSON.stringify(entityId)},"entity_type":"${entityType}",` +
      `"operation":"${operation}","data":${operation === 'delete' ? '{}' : visible}`
  }

  frame(dialect: Dialect): Frame {
    if (dialect === 'seed') return (this.seed ??= this.encode('}'))
    return (this.v1 ??= this.encode(`,"timestamp":"${timestampText(this.event.timestampMs, 3)!}Z"}`))
  }

  private encode(tail: string): Frame {
    this.encoded()
    return frameOf(this.head + tail, this.event)
  }
}

/** @param event that is in it; undefined where it answers a request. */
export function frameOf(text: string, event?: Pick<ChangeEvent, 'kafkaTimestampMs' | 'entityType'>): Frame {
  const bytes = Buffer.from(text)
  return { kind: 'frame', bytes, size: bytes.byteLength, kafkaTimestampMs: event?.kafkaTimestampMs ?? 0, entityType: event?.entityType }
}
