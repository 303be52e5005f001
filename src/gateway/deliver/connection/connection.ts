import type { Identity } from '../../authenticate/identity.js'
import type { EntityUpdate, Frame } from '../../authorize/entity-update.js'
import type { Collection } from '#policy/collection/collection.js'
import type { CollectionAudience } from '#policy/collection/collection-audience.js'
import type { Audience, Rights } from '#policy/rights.js'
import { closeCodes, type CloseName, type ProtocolErrorCode } from '#protocol/codes.js'
import { inTurn } from './actor.js'
import { answersTo, answerToBinary } from './answer.js'
import type { Authenticate } from './client.js'
import { ConnectedClient } from './connected-client.js'
import type { AcceptedConnection } from './connection-acceptor.js'
import { collectionAudience, lostCollectionFrame } from './collection-answers.js'
import type { CollectionSubscriber } from './collection-subscription.js'
import type { ConnectionContext } from './connection-context.js'
import { type ConnectionFacts, connectionFacts } from './connection-facts.js'
import type { CurrentRights } from './current-rights.js'
import { Slices } from '../slices.js'
import { tellingFilled, tellingPageChanges } from './page-changes.js'
import { tellingLostRights, tellingStopped } from './lost-subscriptions.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { Outbox } from './outbox.js'
import type { Subscriber } from './subscription.js'
import type { Transport } from './transport.js'

/**
 * The actor of one client, from its first frame to its close code. `answersTo` handles requests, `page-changes` and `lost-subscriptions` handle
 * changed rights.
 */
export class Connection extends Outbox implements Subscriber, CollectionSubscriber, AcceptedConnection {
  protected override readonly client: ConnectedClient
  /** By the monotonic clock. Whole seconds, as a number with a fraction takes 16 B more. */
  readonly acceptedS: number
  /** Compares the page with the rights by another token. */
  private comparison: Slices | undefined
  /** How often the user's rights were made others by a token or by what is known of the user. */
  private changes = 0

  constructor(identity: Identity, rights: CurrentRights, transport: Transport, context: ConnectionContext) {
    super(transport, context)
    this.acceptedS = Math.floor(context.clock.monotonicMs() / 1000)
    this.client = new ConnectedClient(identity, rights, this, context)
    this.tell(messageFrame(this.client.firstMessage, this.client.dialect))
    this.checkToken()
  }

  get identity(): Identity {
    return this.client.token.identity
  }

  get rights(): CurrentRights {
    return this.client.rights
  }

  /** What an operator may know of it. */
  facts(): ConnectionFacts {
    return connectionFacts(this, this.client, this.context.clock)
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.rights.audienceOf(entityType)
  }

  get rightsNow(): Rights {
    return this.rights.inForceNow
  }

  collectionAudience(collection: Collection): CollectionAudience | undefined {
    return collectionAudience(collection, this.client, this.context.noteFault)
  }

  tellLostCollection(collection: Collection): void {
    this.tellAll(() => [lostCollectionFrame(collection, this.client)])
  }

  endCollection(subscription: string, code: ProtocolErrorCode): void {
    if (!this.leaveCollection(subscription)) return
    this.tellAll(() => [errorFrame({ code, subscription }, this.client)])
  }

  frameFor(update: EntityUpdate): Frame {
    return update.frame(this.client.dialect)
  }

  /**
   * A request takes effect when it arrives; its answer waits behind what was sent before. So nothing follows the answer to an
   * unsubscription, and a subscription never begins in the middle of an event's delivery.
   */
  receiveText(text: string): void {
    this.writer.amidHandler(() => this.attempt(() => this.answer(answersTo(text, this.client))))
  }

  receiveBinary(): void {
    this.writer.amidHandler(() => this.attempt(() => this.tell(answerToBinary(this.client))))
  }

  /**
   * From now on nothing leaves that the present rights do not show. What is in the socket can only be kept back by hanging up, also on a
   * connection that is closing: its close code would arrive behind those bytes, which may stay in the socket for some seconds.
   */
  rightsChanged(answer?: Frame): void {
    if (this.writer.mayHold((entityType) => !this.rights.areAsBefore(entityType))) return this.cut('rights_changed')
    this.attempt(() => this.bringInLine(answer))
  }

  /** From now on nothing of this type leaves. */
  withdraw(entityType: string): void {
    if (this.writer.mayHold((held) => held === entityType)) return this.cut('rights_changed')
    this.attempt(() => this.withdrawWaiting(entityType))
  }

  /** The rights end with the token, also for what is in the socket. Ahead of that the client is told so. */
  checkToken(): void {
    const { token, dialect } = this.client
    const state = token.state()
    if (state === 'expired') return this.endToken('token_expired')
    if (state !== 'expiring' || dialect === 'seed') return
    this.tellAll(() => [messageFrame({ type: 'token_expiring', token_expires_in_s: token.secondsLeft }, dialect)])
  }

  /** Ends the connection with its token: nothing leaves any more, also of what is in the socket. */
  endToken(name: 'token_expired' | 'revoked'): void {
    if (this.writer.mayHold(() => true)) this.cut(name)
    else this.close(name)
  }

  /** The page is compared in slices. An entity is compared earlier where an event of it comes, or a request about it. */
  authenticated(identity: Identity, ref: Authenticate['ref']): void {
    this.changes++
    this.attempt(() => this.rightsChanged(this.client.standBy(identity, ref)))
    this.attempt(() => this.client.collections.rightsChanged())
    this.checkToken()
    this.comparison?.cancel()
    const { clock, state } = this.context
    this.comparison = new Slices(this.comparing(), clock, { within: (slice) => state.changedRights.sharing(slice) }).start()
  }

  /** Something else is known of the user, by which their rights are others. Whoever says so compares the page soon. */
  userChanged(): void {
    this.changes++
    this.client.standAnew()
    this.rightsChanged()
    this.attempt(() => this.client.collections.rightsChanged())
  }

  /** What the rights of now take away from the page, an entity in each step. */
  takingAway(): Iterable<unknown> {
    return this.attempting(tellingPageChanges(this.client, 'taking'))
  }

  /** All else that the rights of now change on the page, and which subscriptions show nothing any more. */
  *tellingChangedRights(): Generator {
    yield* this.attempting(tellingPageChanges(this.client, 'all'))
    this.tellAll(() => tellingLostRights(this.client))
  }

  /** Brings the page in line with the rights of now, an entity in each step. Where these change meanwhile, somebody else goes on. */
  *comparing(): Generator {
    const { changes } = this
    yield* this.takingAway()
    yield* this.tellingChangedRights()
    if (changes !== this.changes) return
    this.comparison = undefined
    this.client.subscriptions.noteAllCompared()
  }

  tellStopped(entityType: string): void {
    this.tellAll(() => tellingStopped(entityType, this.client))
  }

  tellingFilled(entityType: string): Iterable<unknown> {
    return this.attempting(tellingFilled(entityType, this.client))
  }

  /** What the page shows of this type cannot be kept right any more. */
  closeIfSubscribedTo(entityType: string): void {
    if (this.rights.audienceOf(entityType) === undefined) return
    for (const collection of this.client.collections.all()) if (collection.entityType === entityType) return this.close('state_lost')
    for (const subscription of this.client.subscriptions.all())
      if (subscription.entityType === undefined || subscription.entityType === entityType) return this.close('state_lost')
  }

  /** Asks the client to connect elsewhere within this time. Answers false where its dialect has no such message. */
  askToLeave(within_ms: number): boolean {
    const { dialect } = this.client
    if (dialect === 'seed') return false
    this.tellAll(() => [messageFrame({ type: 'reconnect', within_ms }, dialect)])
    return true
  }

  /** Closes after all waiting messages have been sent. */
  closeInOrder(name: CloseName): void {
    this.hurry()
    this.tell({ kind: 'close', size: 0, mailboxes: 0, name })
  }

  /** Closes now and drops what waits; the close code tells the client so. */
  override close(name: CloseName): void {
    if (!this.isStopped) this.leave(() => this.transport.close(closeCodes[name]))
  }

  /** Frees the connection's memory: by a close code, or by hanging up where it is already closing and only its last bytes are left. */
  relieve(): void {
    if (this.isStopped) this.cut('too_slow')
    else this.close('too_slow')
  }

  closed(code: number, byThisSide: boolean, lingers = byThisSide): void {
    this.leave(() => {
      this.writer.gone()
      this.context.departed(this, code, byThisSide, lingers)
    })
  }

  protected override failed(error: unknown): void {
    this.leave(() => this.transport.close(closeCodes.internal_error), error)
  }

  /**
   * Runs both steps even where one throws: no fault of ours may leave a socket without its connection, or a connection without its socket.
   */
  private leave(last: () => void, ...faults: readonly unknown[]): void {
    const all = [...faults, ...inTurn(() => this.end(), last)]
    const { sub, clientId } = this.identity
    for (const err of all) inTurn(() => this.context.log.error({ err, sub, client_id: clientId }, 'A connection failed and is closed.'))
  }

  private end(): void {
    this.stop()
    this.comparison?.cancel()
    this.client.end()
  }

  /** An error in a step ends this connection, and no step follows its end. */
  private *attempting(steps: Iterator<unknown>): Generator {
    let isOver = false as boolean
    for (;;) {
      if (this.isStopped) return
      this.attempt(() => (isOver = steps.next().done === true))
      if (isOver) return
      yield
    }
  }

  private cut(name: CloseName): void {
    this.leave(() => this.transport.cut(closeCodes[name]))
    this.writer.gone()
  }
}
