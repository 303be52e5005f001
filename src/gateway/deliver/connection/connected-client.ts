import type { Identity } from '../../authenticate/identity.js'
import type { Frame } from '../../authorize/entity-update.js'
import type { Owed } from '../backlog/owed.js'
import type { KnownState } from '../../authorize/entity-state.js'
import type { Meter } from '../../observe/meter.js'
import { dialectOf, type Dialect } from '#protocol/dialect.js'
import { connectionEstablished, type ServerMessage } from '#protocol/message.js'
import type { EntityRequest } from '#protocol/request.js'
import { AheadRequests } from './ahead-requests.js'
import { answersAtLast } from './answer.js'
import type { Authenticate, Client, Subscribe } from './client.js'
import type { ConnectionContext } from './connection-context.js'
import type { CollectionSubscriber } from './collection-subscription.js'
import { ConnectionCollections } from './connection-collections.js'
import { ConnectionSubscriptions } from './connection-subscriptions.js'
import { ConnectionToken } from './connection-token.js'
import type { CurrentRights } from './current-rights.js'
import { errorFrame, messageFrame } from './message-frame.js'
import { ReplayAllowance } from './replay-allowance.js'
import type { KnownTypes } from './subscription-gate.js'
import type { Subscriber } from './subscription.js'
import type { Answer } from './subscription-snapshot.js'

/** What a client needs of its connection. None of these throws, nor does anything once the connection has ended. */
interface ClientConnection extends Subscriber, CollectionSubscriber {
  leaveCollection(id: string): boolean
  noteHeld(owed: Owed, isHeld: boolean): void
  owes(entityId: string, entityType: string): boolean
  /** Tells what is made now. */
  tellAll(answers: () => Iterable<Answer>): void
  /** The client has shown that it is this from now on. */
  authenticated(identity: Identity, ref: Authenticate['ref']): void
}

/** The client of a connection: the token by which it stands, what it has subscribed to and what it waits for. */
export class ConnectedClient implements Client {
  readonly subscriptions: ConnectionSubscriptions
  readonly collections: ConnectionCollections
  readonly token: ConnectionToken
  /** Undefined until there is one, which is rare. */
  private ahead: AheadRequests | undefined
  /** Undefined until it is asked for. */
  private allowance: ReplayAllowance | undefined

  constructor(
    identity: Identity,
    readonly rights: CurrentRights,
    private readonly connection: ClientConnection,
    private readonly context: ConnectionContext,
  ) {
    this.token = new ConnectionToken(identity, context.clock)
    this.subscriptions = new ConnectionSubscriptions(context.index, connection, context.quota)
    this.collections = new ConnectionCollections(context.collections, connection, context.quota)
  }

  get dialect(): Dialect {
    return dialectOf(this.token.identity)
  }

  get types(): KnownTypes {
    return this.context.types
  }

  get state(): KnownState {
    return this.context.state
  }

  get random(): () => number {
    return this.context.random
  }

  get meter(): Meter {
    return this.context.meter
  }

  /** A half of the mailbox: the other is for what is live. */
  get replayRoom(): ReplayAllowance {
    const { clock, limits } = this.context
    return (this.allowance ??= new ReplayAllowance(clock, limits.mailboxBytesMax / 2))
  }

  get firstMessage(): ServerMessage {
    return connectionEstablished(this.token.identity.clientId, this.context.greeting, this.token.secondsLeft)
  }

  owes(entityId: string, entityType: string): boolean {
    return this.connection.owes(entityId, entityType)
  }

  noteHeld(owed: Owed, isHeld: boolean): void {
    this.connection.noteHeld(owed, isHeld)
  }

  leaveCollection(id: string): boolean {
    return this.connection.leaveCollection(id)
  }

  waitToRead(request: Subscribe): void {
    this.ahead ??= new AheadRequests(this.context.clock, this.subscriptions, (again, isLastLook) => this.answerAtLast(again, isLastLook))
    this.ahead.add(request)
  }

  overtakenBy(request: EntityRequest): readonly Subscribe[] {
    return this.ahead?.takeOvertaken(request) ?? []
  }

  authenticate({ token, ref }: Authenticate): readonly Frame[] {
    const refused = this.token.verify(token, this.context.renewals, (outcome) => {
      if (typeof outcome === 'string') this.connection.tellAll(() => [errorFrame({ code: outcome, ref }, this)])
      else this.connection.authenticated(outcome, ref)
    })
    return refused === undefined ? [] : [errorFrame({ code: refused, ref }, this)]
  }

  /** Puts another token in force. Answers what is to be said before anything that it changes. */
  standBy(identity: Identity, ref: Authenticate['ref']): Frame {
    this.token.replaceBy(identity)
    this.regroupAmid(() => this.rights.replaceToken(identity))
    return messageFrame({ type: 'authenticated', ref, token_expires_in_s: this.token.secondsLeft }, 'sluice.v1')
  }

  /** Puts in force what is known of the user now. */
  standAnew(): void {
    this.regroupAmid(() => this.rights.readAnew())
  }

  /** Whatever it has subscribed to finds its place by the rights that it has behind `change`. */
  private regroupAmid(change: () => void): void {
    this.subscriptions.regroupAmid(() => this.collections.regroupAmid(change))
  }

  /** Its subscriptions end, and nothing is waited for any more. */
  end(): void {
    this.ahead?.clear()
    this.subscriptions.clear()
    this.collections.clear()
  }

  private answerAtLast(request: Subscribe, isLastLook: boolean): 'answered' | 'ahead' {
    let outcome: 'answered' | 'ahead' = 'answered'
    this.connection.tellAll(() => {
      const answers = answersAtLast(request, isLastLook, this)
      if (answers === undefined) outcome = 'ahead'
      return answers ?? []
    })
    return outcome
  }
}
