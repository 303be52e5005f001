// Enters: what the server says, on one connection after another. Leaves: the requests that begin each of them, what is shown and told.
import type { GapMessage, ServerMessage, UpdateMessage } from '#protocol/message.js'
import { printable } from '../printable.js'
import type { Ending } from './ending.js'
import type { Send } from './follow.js'

export interface FollowedParts {
  readonly entityId: string
  /** Undefined for every type that has an entity with this id. */
  readonly entityType: string | undefined
  /** Each update, and what was left out between two of them, with the JSON that it was read from. */
  readonly shown: (message: UpdateMessage | GapMessage, text: string) => void
  /** One line, without its end. */
  readonly notice: (line: string) => void
}

type Success = Extract<ServerMessage, { type: 'subscription_success' }>
type ErrorMessage = Extract<ServerMessage, { type: 'error' }>

/** Why a server cannot go on behind a cursor, as the end of a sentence. A later server may have further reasons. */
const reasons: Readonly<Record<string, string>> = {
  expired: 'what happened meanwhile is not known any more',
  no_state: 'its latest versions are not known there',
  none: 'nothing of it could be seen',
  too_much: 'too much has happened meanwhile',
}

/** An entity from its latest version on. A new connection goes on behind what was shown, at whichever node it is. */
export class FollowedEntity {
  /** The cursor of what was shown last, by type. The server's types are a limit to its size. */
  private readonly cursors = new Map<string, string>()
  private hasSnapshots = true
  private isSubscribed = false
  private send: Send = () => undefined

  constructor(private readonly parts: FollowedParts) {}

  /** Whether something was shown, behind which a new connection goes on. */
  get canResume(): boolean {
    return this.cursors.size > 0
  }

  /** Of an entity of each type, those that are known go on, and all others are asked for together. */
  connected(send: Send): void {
    const { entityId: entity_id, entityType } = this.parts
    this.send = send
    this.isSubscribed = false
    for (const [entity_type, since] of this.cursors) send({ type: 'subscribe', entity_id, entity_type, since })
    if (entityType === undefined || !this.canResume) this.subscribe()
  }

  /** Answers the ending where the message leaves nothing to wait for. */
  received(message: ServerMessage, text: string): Ending | undefined {
    if (message.type === 'error') return this.failed(message)
    if (message.type === 'entity_update') this.show(message, text)
    if (message.type === 'gap') this.parts.shown(message, text)
    if (message.type === 'subscription_success') this.begun(message)
    if (message.type === 'snapshot_complete' && message.count === 0) this.tell(`There is nothing to see of ${message.entity_id} now.`)
    return undefined
  }

  private subscribe(): void {
    const { entityId: entity_id, entityType: entity_type } = this.parts
    this.send({ type: 'subscribe', entity_id, entity_type, snapshot: this.hasSnapshots || undefined })
  }

  private begun({ entity_id, entity_type, resumed, reason = '' }: Success): void {
    this.isSubscribed = true
    const name = `${entity_type ?? ''} ${entity_id}`
    if (resumed === undefined) this.tell(`Following ${entity_id}. Ctrl-C ends.`)
    else if (resumed) this.tell(`Going on with ${name}: what happened meanwhile comes first.`)
    else this.tell(`Beginning anew with ${name}: ${reasons[reason] ?? reason}.`)
  }

  /** The snapshot of all types has what another one has shown already. */
  private show(update: UpdateMessage, text: string): void {
    const { entity_type, operation, cursor } = update
    if (operation === 'snapshot' && cursor !== undefined && this.cursors.get(entity_type) === cursor) return
    if (operation === 'delete') this.cursors.delete(entity_type)
    else if (cursor !== undefined) this.cursors.set(entity_type, cursor)
    this.parts.shown(update, text)
  }

  private failed({ code, message, entity_type, retry_after_ms }: ErrorMessage): Ending | undefined {
    const isOfOneOfAll = this.parts.entityType === undefined && entity_type !== undefined
    if (code === 'state_unavailable' && this.hasSnapshots) this.goOnWithoutSnapshot()
    else if (code === 'cursor_ahead' || !(this.isSubscribed || isOfOneOfAll))
      return { kind: 'subscription_refused', message, mayPass: retry_after_ms !== undefined }
    else this.tell(`The server says: ${message}`)
    return undefined
  }

  private goOnWithoutSnapshot(): void {
    this.tell(`The latest version of ${this.parts.entityId} is not known there: changes alone are shown.`)
    this.hasSnapshots = false
    this.subscribe()
  }

  private tell(line: string): void {
    this.parts.notice(printable(line))
  }
}
