import type { ServerMessage } from '#protocol/message.js'
import { readMessage } from '#protocol/message.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { WsClient } from './ws-client.js'

export type Update = Extract<ServerMessage, { type: 'entity_update' }>

const pauseMs = 50

/** A page that shows some entities. When its connection ends it goes on at the next gateway, from what it holds. */
export class ResumingPage {
  /** What it shows, by entity id. */
  readonly held = new Map<string, Update>()
  /** What it was told of each entity, in order. */
  readonly told = new Map<string, Update[]>()
  readonly met = { resumed: 0, notResumed: 0, begunAnew: 0, connections: 0 }
  /** Whether all that it asked for stands. */
  isWhole = false
  private readonly cursors = new Map<string, string>()
  private client: WsClient | undefined
  private hasStopped = false
  private readonly ended: Promise<void>

  /** @param urls where it may connect: as they are now, in turn. */
  constructor(
    private readonly urls: () => readonly string[],
    private readonly token: string,
    private readonly entityType: string,
    private readonly entityIds: readonly string[],
    private turn: number,
  ) {
    this.ended = this.run()
  }

  async stop(): Promise<void> {
    this.hasStopped = true
    this.client?.socket.terminate()
    await this.ended
  }

  private async run(): Promise<void> {
    while (!this.hasStopped) {
      const urls = this.urls()
      const url = urls[this.turn++ % urls.length]!
      try {
        await this.follow(await WsClient.connect(url, { protocols: ['sluice.v1'], headers: bearerHeaders(this.token) }))
      } catch {
        // Nobody listens there now.
      }
      this.isWhole = false
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  private async follow(client: WsClient): Promise<void> {
    this.client = client
    this.met.connections++
    client.socket.on('message', (data: Buffer) => this.take(client, data.toString()))
    for (const entityId of this.entityIds) this.ask(client, entityId)
    await client.closed
  }

  private ask(client: WsClient, entity_id: string): void {
    const since = this.cursors.get(entity_id)
    const request = { type: 'subscribe', entity_id, entity_type: this.entityType } as const
    client.ask(since === undefined ? { ...request, snapshot: true } : { ...request, since })
  }

  private take(client: WsClient, text: string): void {
    // The number of an order as text, as JavaScript would round it.
    const message = readMessage(text.replace(/"number":(\d+)/, '"number":"$1"'))
    if (message === undefined) throw new Error(`no message of the protocol: ${text}`)
    if (message.type === 'error' && message.code === 'cursor_ahead') this.ask(client, message.entity_id!)
    if (message.type === 'subscription_success' && 'entity_id' in message) this.noteStanding(message)
    if (message.type === 'entity_update') this.show(message)
    if ('cursor' in message && message.cursor !== undefined) this.cursors.set(message.entity_id, message.cursor)
  }

  private noteStanding({ entity_id, resumed, reason }: Extract<ServerMessage, { type: 'subscription_success'; entity_id: string }>): void {
    if (resumed === true) this.met.resumed++
    // Who was shown nothing of the latest version knows no version to go on from.
    if (resumed === false && reason === 'none') this.met.begunAnew++
    if (resumed === false && reason !== 'none') this.met.notResumed++
    this.isWhole = entity_id === this.entityIds.at(-1)
  }

  private show(update: Update): void {
    const { entity_id, operation } = update
    const all = this.told.get(entity_id) ?? []
    this.told.set(entity_id, all)
    all.push(update)
    if (operation === 'delete') this.held.delete(entity_id)
    else this.held.set(entity_id, update)
  }
}
