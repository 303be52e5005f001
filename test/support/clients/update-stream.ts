import { isDeepStrictEqual } from 'node:util'
import { WebSocket } from 'ws'
import { bearerHeaders } from '#protocol/credentials.js'
import type { Dialect } from '#protocol/dialect.js'
import { readMessage, type ServerMessage } from '#protocol/message.js'
import type { EntityRequest } from '#protocol/request.js'
import { until } from '../kafka/source-reader.js'
import { WsClient } from './ws-client.js'

export interface Update {
  readonly entity_id: string
  readonly [member: string]: unknown
}

/** A client that has subscribed to some entities, and what it receives of them. */
export class UpdateStream {
  private readonly received: Update[] = []

  private constructor(
    private readonly client: WsClient,
    private readonly dialect: Dialect,
  ) {
    client.socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (readMessage(text)?.type === 'entity_update') this.received.push(this.readUpdate(text))
    })
  }

  static async open(url: string, token: string, dialect: Dialect, entityIds: readonly string[]): Promise<UpdateStream> {
    const protocols = dialect === 'seed' ? [] : [dialect]
    const stream = new UpdateStream(await WsClient.connect(url, { protocols, headers: bearerHeaders(token) }), dialect)
    for (const entityId of entityIds) await stream.ask('subscribe', entityId)
    return stream
  }

  get isOpen(): boolean {
    return this.client.socket.readyState === WebSocket.OPEN
  }

  get count(): number {
    return this.received.length
  }

  /** Without their cursors, which are opaque; the number of an order as text, as JavaScript would round it. */
  updates(): readonly Update[] {
    return this.received
  }

  /** Resolves when the answer has come, and with it all that had waited for the client before. */
  async ask(type: EntityRequest['type'], entityId: string): Promise<void> {
    const answered = () => this.client.received.some((text) => text.includes(`"${answer}"`) && text.includes(JSON.stringify(entityId)))
    const answer: ServerMessage['type'] = type === 'subscribe' ? 'subscription_success' : 'unsubscription_success'
    const request: EntityRequest = { type, entity_id: entityId }
    this.client.ask(request)
    await until(`the answer to ${type} ${entityId}`, answered)
  }

  private readUpdate(text: string): Update {
    return this.withoutCursor(JSON.parse(text.replace(/"number":(\d+)/, '"number":"$1"')) as Update)
  }

  /** A cursor that is not as the protocol says stays, as whoever compares expects none. */
  private withoutCursor({ cursor, ...update }: Update): Update {
    const isRight = this.dialect !== 'seed' && typeof cursor === 'string' && cursor.length > 0 && cursor.length <= 40
    return isRight || cursor === undefined ? update : { cursor, ...update }
  }
}

/** The first place where an entity's updates are not the wanted ones in the wanted order; undefined where all are. */
export function firstDifference(found: readonly Update[], wanted: readonly Update[]): object | undefined {
  const [foundOf, wantedOf] = [byEntity(found), byEntity(wanted)]
  for (const entityId of new Set([...foundOf.keys(), ...wantedOf.keys()])) {
    const [had, should] = [foundOf.get(entityId) ?? [], wantedOf.get(entityId) ?? []]
    const index = had.findIndex((update, at) => !isDeepStrictEqual(update, should[at]))
    if (index >= 0) return { index, found: had[index], wanted: should[index] }
    if (had.length < should.length) return { index: had.length, found: undefined, wanted: should[had.length] }
  }
  return undefined
}

function byEntity(updates: readonly Update[]): Map<string, Update[]> {
  const groups = new Map<string, Update[]>()
  for (const update of updates) {
    const group = groups.get(update.entity_id)
    if (group === undefined) groups.set(update.entity_id, [update])
    else group.push(update)
  }
  return groups
}
