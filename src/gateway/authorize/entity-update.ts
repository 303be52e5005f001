import type { ChangeEvent } from '../decode/change-event.js'
import type { EntityData } from '#avro/entity-data.js'
import { JsonOutput, OutputFullError } from '#text/json-output.js'
import type { Dialect } from '#protocol/dialect.js'
import { errorMessage, writeMessage } from '#protocol/message.js'
import { beginUpdate, bytesBehindData, endUpdate, writeWithTimestamp } from '#protocol/update-text.js'
import type { FrameRoom } from './frame-room.js'
import type { Audience, Mask } from '#policy/rights.js'

/** What stage 4 hands on: the text of one WebSocket message (UTF-8), shared by all that receive it. Never changed. */
export interface Frame {
  readonly kind: 'frame'
  readonly bytes: Uint8Array
  /** Of `bytes`, kept as a number: it is asked for with every delivery. */
  readonly size: number
  /** In how many mailboxes it waits: its bytes are there once for all of them. */
  mailboxes: number
  /** Kafka's time of the record in it, in milliseconds since the epoch; 0 where it answers a request. */
  readonly kafkaTimestampMs: number
  /** What it shows; undefined where it answers a request. */
  readonly update: EntityUpdate | undefined
}

/**
 * One event under one mask: its frame is encoded when the first connection of a dialect needs it, then shared. Where that would be longer
 * than a frame may be, an error that says so takes its place.
 */
export class EntityUpdate {
  readonly entityType: string
  private seed: Frame | undefined
  private v1: Frame | undefined
  /** The message of the seed's dialect; the other one says more at its end. Undefined where there is none to send, and once it is sealed. */
  private text: Buffer | undefined
  private known: ChangeEvent | undefined
  private readonly isTooLarge: boolean
  private underOthers: Map<Mask, EntityUpdate> | undefined
  /** The permitted leaves have no place in this event, such as those of a union's other branch. */
  readonly showsNothing: boolean

  /** @throws BadRecordError where the event's data cannot be read. */
  constructor(
    event: ChangeEvent,
    mask: Mask | undefined,
    private readonly room: FrameRoom,
  ) {
    this.known = event
    this.entityType = event.entityType
    output.clear(room.bytesFor(event) - bytesBehindData)
    const shown = this.writeHead(event, mask)
    this.isTooLarge = shown === 'too_large'
    this.showsNothing = shown === 'nothing'
    if (this.showsNothing) return
    this.text = this.isTooLarge ? tooLargeText(event, 'seed') : message()
    room.spend(this.text.byteLength)
  }

  /** Until it is forgotten. */
  get event(): ChangeEvent {
    if (this.known === undefined) throw new Error('The event of an update is gone.')
    return this.known
  }

  /** Until it is sealed. */
  frame(dialect: Dialect): Frame {
    return dialect === 'seed' ? (this.seed ??= this.encode()) : (this.v1 ??= this.encode(this.event.timestampMs))
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
    this.text = this.seed = this.v1 = undefined
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
    if (update === undefined) this.underOthers.set(mask, (update = new EntityUpdate(event, mask, this.room)))
    return update
  }

  private encode(timestampMs?: number): Frame {
    const { text } = this
    if (text === undefined) throw new Error('The update is sealed, or shows nothing.')
    this.room.encoded()
    if (timestampMs === undefined) return frameFrom(text, this)
    return frameFrom(this.isTooLarge ? tooLargeText(this.event, 'sluice.v1') : withTimestamp(text, timestampMs), this)
  }

  private writeHead(event: ChangeEvent, mask: Mask | undefined): 'some' | 'nothing' | 'too_large' {
    try {
      return writeHead(event, mask) ? 'some' : 'nothing'
    } catch (error) {
      this.room.exceeded(event, error)
      return 'too_large'
    }
  }
}

/** An answer to a request. */
export function frameOf(text: string): Frame {
  return frameFrom(Buffer.from(text), undefined)
}

function frameFrom(bytes: Buffer, update: EntityUpdate | undefined): Frame {
  return { kind: 'frame', bytes, size: bytes.byteLength, mailboxes: 0, kafkaTimestampMs: update?.event.kafkaTimestampMs ?? 0, update }
}

/** One for all, as each text is copied out before the next one begins. */
const output = new JsonOutput()

const nothing = Buffer.from('{}')

function tooLargeText({ entityId, entityType }: ChangeEvent, dialect: Dialect): Buffer {
  return Buffer.from(writeMessage(errorMessage({ code: 'update_too_large', entity_id: entityId, entity_type: entityType }), dialect))
}

/** What is written, closed. */
function message(): Buffer {
  endUpdate(output)
  return output.copy()
}

/** All but the message's last brace. Answers whether there is something to show. @throws BadRecordError where the event's data cannot be read. */
function writeHead({ entityId, entityType, operation, data }: ChangeEvent, mask: Mask | undefined): boolean {
  beginUpdate(output, entityId, entityType, operation)
  const start = output.length
  if (data === null || mask === undefined) output.raw(nothing)
  // A delete shows nothing of its data, but one that cannot be read is a bad record like any other.
  else if (operation === 'delete') projectAsFarAsFits(mask, data)
  else mask.project(data.bytes, data.start, output)
  const showsNothing = data !== null && output.length - start === nothing.length
  if (operation === 'delete') {
    output.rewind(start)
    output.raw(nothing)
  }
  return !showsNothing
}

/** What is longer than a frame may be does show something. */
function projectAsFarAsFits(mask: Mask, { bytes, start }: EntityData): void {
  try {
    mask.project(bytes, start, output)
  } catch (error) {
    if (!(error instanceof OutputFullError)) throw error
  }
}

function withTimestamp(text: Buffer, timestampMs: number): Buffer {
  output.clear(text.byteLength + bytesBehindData)
  writeWithTimestamp(output, text, timestampMs)
  return output.copy()
}
