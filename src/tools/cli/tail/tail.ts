/**
 * Enters: an entity or a filter. Leaves: what there is and its changes, what is to be said of the connection, and the exit code. The client library connects,
 * comes back and goes on.
 */
import type { Clock } from '#clock.js'
import { exactJson } from '#client/exact.js'
import {
  SluiceClient,
  type Change,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  type LinkEnd,
  type SluiceError,
  type Subscription,
} from '#client/sluice-client.js'
import { endingExitCode, endingWords } from './ending.js'
import { exitCodes } from '../exit-codes.js'
import { nameOf, type Followed } from './followed.js'
import { gatewaySockets, type GatewaySockets } from './gateway-socket.js'
import { printable } from '#text/printable.js'
import { TailToken, type TailTokenParts } from './tail-token.js'

export type EntityChange = Change<Readonly<Record<string, object>>>
type TailClient = Pick<SluiceClient<Readonly<Record<string, object>>>, 'subscribe' | 'collection' | 'state' | 'on' | 'close'>

export interface TailParts extends TailTokenParts, Followed {
  /** The gateway: `ws://HOST:PORT`, with the path under which a proxy has it. */
  readonly url: string
  readonly clientId: string
  readonly clock: Clock
  readonly shown: (change: EntityChange) => void
  /** Aborted when the user has had enough. */
  readonly stop: AbortSignal
  readonly connect?: (url: string, options: ClientOptions) => TailClient
}

/**
 * Follows an entity or a list until the user stops it or trying again cannot help. Resolves with the exit code.
 * @throws ConfigurationError where there is no token.
 */
export function tail(parts: TailParts): Promise<number> {
  const token = new TailToken(parts)
  return new Promise((resolve) => new Tail(parts, token, resolve).start())
}

/** Why a server cannot go on behind what was shown, as the end of a sentence. A later server may have further reasons. */
const reasons: Readonly<Record<string, string>> = {
  expired: 'what happened meanwhile is not known any more',
  no_state: 'its latest versions are not known there',
  none: 'nothing of it could be seen',
  too_much: 'too much has happened meanwhile',
}

const connectDirectly = (url: string, options: ClientOptions): TailClient =>
  new SluiceClient<Readonly<Record<string, object>>>(url, options)

class Tail {
  private readonly client: TailClient
  private readonly sockets: GatewaySockets
  /** Whether there was ever a connection: a first try that fails is not repeated. */
  private wasLive = false
  private hasShown = false
  /** Whether how it is can be known, and not only what changes. */
  private isKnown = true
  private lastEnd: LinkEnd | undefined

  constructor(
    private readonly parts: TailParts,
    token: TailToken,
    private readonly leave: (exitCode: number) => void,
  ) {
    const { url, clientId, clock, connect = connectDirectly } = parts
    this.sockets = gatewaySockets(clock)
    this.client = connect(url, {
      clientId,
      token: (ask) => token.answer(ask),
      WebSocket: this.sockets.WebSocket,
      parse: exactJson('bigint'),
      shouldReconnect: (end) => this.mayReturn(end),
    })
  }

  start(): void {
    const { client, parts } = this
    const { stop } = parts
    client.state.subscribe((state) => this.linkIs(state))
    client.on('resumed', (event) => this.goesOn(event))
    client.on('error', (error) => this.failed(error))
    client.on('token_renewed', ({ expiresAt }) =>
      this.tell(`Going on with another token, which ends at ${new Date(expiresAt).toISOString()}.`),
    )
    const changes = changesOf(parts, client)
    changes.subscribe({ next: (change) => this.show(change), error: () => this.refused() })
    changes.ready.then(
      () => this.begun(),
      () => undefined,
    )
    stop.addEventListener('abort', () => client.close(), { once: true })
    if (stop.aborted) client.close()
  }

  private mayReturn(end: LinkEnd): boolean {
    this.lastEnd = end
    return this.wasLive
  }

  private linkIs(state: ClientState): void {
    if (state.status === 'live') this.wasLive = true
    if (state.status === 'waiting') {
      const delayMs = Math.max(0, state.retryAt - this.parts.clock.now())
      this.tell(sentence(endingWords(state.end, this.sockets.failure())))
      this.tell(`Connecting again in ${(delayMs / 1000).toFixed(1)} s.`)
    }
    if (state.status === 'closed') this.closed(state.error === undefined ? undefined : this.lastEnd)
  }

  private closed(end: LinkEnd | undefined): void {
    if (end === undefined) return this.leave(exitCodes.good)
    this.tell(sentence(endingWords(end, this.sockets.failure())))
    this.leave(endingExitCode(end))
  }

  /** By the server, which has said why; not by the end of the connection, of which the state tells. */
  private refused(): void {
    if (this.hasEnded) return
    this.tell('The subscription was refused.')
    this.leave(exitCodes.refused)
    this.client.close()
  }

  /** The end of the client is told by its state. */
  private failed({ code, message }: SluiceError): void {
    if (this.hasEnded) return
    if (code === 'state_unavailable') this.isKnown = false
    this.tell(`The server says: ${message}`)
  }

  private begun(): void {
    const name = nameOf(this.parts)
    if (this.isKnown && !this.hasShown) this.tell(`There is nothing to see of ${name} now.`)
    this.tell(`Following ${name}. Ctrl-C ends.`)
  }

  private goesOn({ entityType = '', entityId, resumed, reason = '' }: ClientEvents['resumed']): void {
    const name = `${entityType} ${entityId}`.trim()
    if (resumed) this.tell(`Going on with ${name}: what happened meanwhile comes first.`)
    else this.tell(`Beginning anew with ${name}${reason === '' ? '' : `: ${reasons[reason] ?? reason}`}.`)
  }

  private show(change: EntityChange): void {
    this.hasShown = true
    this.parts.shown(change)
  }

  private get hasEnded(): boolean {
    return this.client.state.getSnapshot().status === 'closed'
  }

  private tell(line: string): void {
    this.parts.notice(printable(line))
  }
}

/** From how it is on. */
function changesOf({ entityId, entityType, where, fields }: Followed, client: TailClient): Subscription<EntityChange> {
  if (entityId === undefined) return client.collection(entityType!, { where, fields }).changes()
  const options = { snapshot: true }
  return entityType === undefined ? client.subscribe(entityId, options) : client.subscribe(entityType, entityId, options)
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`
}
