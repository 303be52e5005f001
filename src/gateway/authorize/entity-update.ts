import type { ChangeEvent } from '../decode/change-event.js'
import type { EntityData } from '#avro/entity-data.js'
import { JsonOutput, OutputFullError } from '#text/json-output.js'
import type { Dialect } from '#protocol/dialect.js'
import { errorMessage, writeMessage } from '#protocol/message.js'
import {
  beginUpdate,
  bytesBehindData,
  endUpdate,
  writeWithAdditions,
  type UpdateAdditions,
  type UpdateOperation,
} from '#protocol/update-text.js'
import { noneCursor } from '../table/cursor.js'
import type { EventSpan } from '../observe/tracing/event-tracing.js'
import type { About } from './about.js'
import type { FrameRoom } from './frame-room.js'
import type { Audience, Mask } from '#policy/rights.js'

/** The text of one WebSocket message (UTF-8), shared by all its receivers. Never changed. */
export interface Frame {
  readonly kind: 'frame'
  readonly bytes: Uint8Array
  /** The length of `bytes`, kept as a number because it is read with every delivery. */
  readonly size: number
  /** The number of mailboxes in which the frame waits; its bytes are in memory once for all of them. */
  mailboxes: number
  /** Kafka's time of the record, in milliseconds since the epoch; 0 where the frame does not come of a record of now: it may be of any age. */
  readonly kafkaTimestampMs: number
  /** The update that the frame shows; undefined where it answers a request. */
  readonly update: EntityUpdate | undefined
  /** What a message other than an update is about. */
  readonly about: About | undefined
}

/** What an update tells its receivers. */
export interface Telling {
  /** What happened to the entity as the receivers see it; what the event says unless told. */
  readonly operation?: UpdateOperation
  /** Whether the receivers hold nothing of the entity before; so it is with a create unless told. */
  readonly isNews?: boolean
  /** Whether it says which version the receivers know by it. */
  readonly hasCursor?: boolean
  /** Whether an event did it, as nearly always, or changed rights. */
  readonly isEvent?: boolean
  /** The collection by which the receivers are told; undefined where they have subscribed to the entity. */
  readonly subscription?: string | undefined
}

/**
 * One event under one mask. Its frame is encoded when the first connection of a dialect needs it, then shared. A frame longer than the
 * limit is replaced by an error that says so.
 */
export class EntityUpdate {
  readonly entityType: string
  readonly entityId: string
  readonly operation: UpdateOperation
  readonly isNews: boolean
  readonly isEvent: boolean
  readonly hasCursor: boolean
  readonly subscription: string | undefined
  private seed: Frame | undefined
  private v1: Frame | undefined
  /**
   * The message in the seed's dialect; the other dialect adds members at its end. Undefined where there is nothing to send, and once the
   * update is sealed.
   */
  private text: Buffer | undefined
  private known: ChangeEvent | undefined
  /** Of its event, where that is traced. */
  span: EventSpan | undefined
  private underOthers: Map<Mask, EntityUpdate> | undefined
  /** Whether its frame is an error in its place, so that receivers hold what they held. */
  readonly isTooLarge: boolean
  /** Whether the permitted leaves are absent from this event, as those of another branch of a union are. */
  readonly showsNothing: boolean

  /**
   * @param mask undefined where nothing of the event's data is sent, as of a delete.
   * @throws BadRecordError where the event's data cannot be read.
   */
  constructor(
    event: ChangeEvent,
    private readonly mask: Mask | undefined,
    private readonly room: FrameRoom,
    telling: Telling = {},
  ) {
    const { operation = event.operation, isNews = operation === 'create', hasCursor = false, isEvent = true, subscription } = telling
    this.operation = operation
    this.isNews = isNews
    this.isEvent = isEvent
    this.hasCursor = hasCursor && subscription === undefined
    this.subscription = subscription
    this.known = event
    this.entityType = event.entityType
    this.entityId = event.entityId
    output.clear(room.bytesFor(event) - bytesBehindData)
    const shown = this.writeHead(event, mask)
    this.isTooLarge = shown === 'too_large'
    this.showsNothing = shown === 'nothing'
    if (this.showsNothing) return
    this.text = this.isTooLarge ? tooLargeText(event, 'seed') : message()
    room.spend(this.text.byteLength)
  }

  /** The length of its message in the seed's dialect. Available until `seal`. */
  get bytes(): number {
    return this.text?.byteLength ?? 0
  }

  /** Which version the receivers know by it. Available until `forget`. */
  get cursor(): string {
    return this.mask === undefined ? noneCursor : this.room.cursors.of(this.event, this.mask)
  }

  /** Available until `forget`. */
  get event(): ChangeEvent {
    if (this.known === undefined) throw new Error('The event of an update is gone.')
    return this.known
  }

  /** Available until `seal`. */
  frame(dialect: Dialect): Frame {
    return dialect === 'seed' ? (this.seed ??= this.encode()) : (this.v1 ??= this.encode(this.additions))
  }

  private get additions(): UpdateAdditions {
    const { subscription } = this
    return { timestampMs: this.event.timestampMs, cursor: this.hasCursor ? this.cursor : undefined, subscription }
  }

  /**
   * The same event under other rights: one object for all audiences to which it shows the same. `unknown` where the event is forgotten, or
   * cannot be judged by itself because its data is missing or cannot be read at a place that these rights ask for.
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

  /** Frees what frames are made of. Every receiver has its frame by now, so that this need not outlive the delivery. */
  seal(): void {
    this.text = this.seed = this.v1 = undefined
  }

  /** Frees the event. The update cannot be judged again after that. */
  forget(): void {
    for (const update of this.underOthers?.values() ?? []) {
      update.seal()
      update.forget()
    }
    this.known = this.underOthers = this.span = undefined
  }

  private under(mask: Mask, event: ChangeEvent): EntityUpdate {
    this.underOthers ??= new Map()
    let update = this.underOthers.get(mask)
    if (update === undefined) this.underOthers.set(mask, (update = new EntityUpdate(event, mask, this.room, this)))
    return update
  }

  private encode(additions?: UpdateAdditions): Frame {
    const { text } = this
    if (text === undefined) throw new Error('The update is sealed, or shows nothing.')
    this.room.encoded()
    if (additions === undefined) return newFrame(text, this)
    return newFrame(this.isTooLarge ? tooLargeText(this.event, 'sluice.v1', this.subscription) : withAdditions(text, additions), this)
  }

  private writeHead(event: ChangeEvent, mask: Mask | undefined): 'some' | 'nothing' | 'too_large' {
    try {
      return writeHead(event, mask, this.operation) ? 'some' : 'nothing'
    } catch (error) {
      this.room.exceeded(event, error)
      return 'too_large'
    }
  }
}

/** The frame of an answer to a request. */
export function answerFrame(text: string, about?: About): Frame {
  return newFrame(Buffer.from(text), undefined, about)
}

function newFrame(bytes: Buffer, update: EntityUpdate | undefined, about?: About): Frame {
  const isOfNow = update !== undefined && update.isEvent && update.operation !== 'snapshot'
  const kafkaTimestampMs = isOfNow ? update.event.kafkaTimestampMs : 0
  return { kind: 'frame', bytes, size: bytes.byteLength, mailboxes: 0, kafkaTimestampMs, update, about }
}

/** One buffer for all updates, as each text is copied out before the next one begins. */
const output = new JsonOutput()

const nothing = Buffer.from('{}')

function tooLargeText({ entityId, entityType }: ChangeEvent, dialect: Dialect, subscription?: string): Buffer {
  const about = { entity_id: entityId, entity_type: entityType, subscription }
  return Buffer.from(writeMessage(errorMessage({ code: 'update_too_large', ...about }), dialect))
}

/** Closes the message in `output`, for which room was kept behind its data, and copies it. */
function message(): Buffer {
  output.release(bytesBehindData)
  endUpdate(output)
  return output.copy()
}

/**
 * Writes everything but the message's last brace. Answers whether there is something to show. @throws BadRecordError where the event's data
 * cannot be read.
 */
function writeHead({ entityId, entityType, data }: ChangeEvent, mask: Mask | undefined, operation: UpdateOperation): boolean {
  beginUpdate(output, entityId, entityType, operation)
  const start = output.length
  if (data === null || mask === undefined) output.raw(nothing)
  // A delete shows nothing of its data, but unreadable data makes it a bad record like any other.
  else if (operation === 'delete') projectAsFarAsFits(mask, data)
  else mask.project(data.bytes, data.start, output)
  const showsNothing = data !== null && mask !== undefined && output.length - start === nothing.length
  if (operation === 'delete') {
    output.rewind(start)
    output.raw(nothing)
  }
  return !showsNothing
}

/** Data too long for a frame does show something, so that its error is no failure here. */
function projectAsFarAsFits(mask: Mask, { bytes, start }: EntityData): void {
  try {
    mask.project(bytes, start, output)
  } catch (error) {
    if (!(error instanceof OutputFullError)) throw error
  }
}

function withAdditions(text: Buffer, additions: UpdateAdditions): Buffer {
  output.clear(text.byteLength + bytesBehindData)
  writeWithAdditions(output, text, additions)
  return output.copy()
}
