import type { ClientEvents, ClientOptions, ClientState, Store, Unsubscribe } from './api.js'
import { down, join, keyOf, leave, makeChannel, step } from './channel.js'
import { makeEvents } from './events.js'
import type { Dialect } from './dialect.js'
import { lostDigitsIn } from './digits.js'
import type { Channel, Hub, Topic } from './hub.js'
import { takes } from './hub-messages.js'
import { textIn } from './incoming.js'
import type { LinkEvent } from './link.js'
import { makeLinkDriver, type LinkUser } from './link-driver.js'
import type { Destination } from './link-socket.js'
import { connect, disconnect, flush } from './outbox.js'
import { forget, refresh } from './rows.js'
import { closedError } from './sluice-error.js'
import type { Subscriber } from './subscriber.js'
import type { Surroundings } from './surroundings.js'
import { makeTurns, type Turns } from './turns.js'
import { makeValue, type Value } from './value.js'

const lingerMsByDefault = 1000

/** A link and what is subscribed to by it. */
export interface Session {
  readonly state: Store<ClientState>
  readonly turns: Turns
  readonly clientId: () => string
  readonly dispatch: (event: LinkEvent) => void
  readonly connect: () => Promise<void>
  readonly on: <E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void) => Unsubscribe
  /** Answers what ends it. */
  readonly join: (topic: Topic, subscriber: Subscriber) => () => void
}

export function makeSession(destination: Destination, options: ClientOptions, dialect: Dialect, around: Surroundings): Session {
  const turns = makeTurns(around)
  const { on, tell } = makeEvents(turns)
  const state = makeValue<ClientState>({ status: 'idle' }, turns)
  let [id, isHeld] = [options.clientId, false]
  const send = (): void => flush(hub)
  const hub: Hub = {
    ...{ around, hasMarks: dialect.hasMarks, lingerMs: options.lingerMs ?? lingerMsByDefault, tell },
    ...{ channels: new Map(), collections: new Map(), asking: new Set(), leaving: new Set() },
    send: () => turns.add(send),
    say: (text) => driver.send(text),
    want: (isWanted) => (isWanted || !isHeld) && dispatch({ type: isWanted ? 'wanted' : 'unwanted' }),
    broken: () => dispatch({ type: 'broken' }),
  }
  // Made when it is needed: chance is not there for whoever only renders a page.
  const clientId = (): string => (id ??= Array.from('1234', () => around.random().toString(36).slice(2, 10)).join(''))
  const user = linkUser(hub, state, turns, options.parse === undefined)
  const driver = makeLinkDriver({ destination, options, dialect, around, clientId, user })
  const { dispatch } = driver
  return {
    ...{ state: state.store, turns, clientId, dispatch, on },
    join: (topic, subscriber) => subscribeTo(hub, topic, subscriber),
    connect() {
      isHeld = true
      dispatch({ type: 'wanted' })
      return connected(state.store)
    },
  }
}

/** Does what the link tells to do. */
function linkUser(hub: Hub, state: Value<ClientState>, turns: Turns, looksForLostDigits: boolean): LinkUser {
  const { tell } = hub
  const each = (call: (channel: Channel) => void) => (): void => [...hub.channels.values()].forEach(call)
  const allDown = each((channel) => down(hub, channel))
  return {
    changed: ({ shown }) => state.set(shown),
    take(message) {
      // Of its own members: a message may be called like one that every object has.
      const type = textIn(message.type) ?? ''
      if (Object.hasOwn(takes, type)) takes[type]!(hub, message, textIn(message['entity_type']))
    },
    framed(text, messages) {
      const lost = looksForLostDigits && lostDigitsIn(messages, text)
      if (lost) tell('digits_lost', lost)
      if (lost) looksForLostDigits = false
      turns.run()
    },
    up(greeting) {
      if (greeting) connect(hub, greeting)
      each((channel) => step(hub, channel, 'up'))()
    },
    down() {
      disconnect(hub)
      allDown()
    },
    stale: each((channel) => refresh(channel, false)),
    forget: each(forget),
    over(error) {
      hub.ending = { error }
      disconnect(hub)
      each((channel) => step(hub, channel, 'over', error))()
      state.end()
      if (error) tell('error', error)
    },
    error: (error) => tell('error', error),
    token_renewed: (renewed) => tell('token_renewed', renewed),
  }
}

/** Answers what ends it. */
function subscribeTo(hub: Hub, topic: Topic, subscriber: Subscriber): () => void {
  const { channels, ending, hasMarks } = hub
  const asked = hasMarks ? topic : { ...topic, entity_type: undefined }
  const known = channels.get(keyOf(asked))
  const channel = known ?? makeChannel(asked)
  if (!known) channels.set(keyOf(asked), channel)
  join(hub, channel, subscriber)
  if (ending) step(hub, channel, 'over', ending.error)
  else if (!known) hub.want(true)
  if (!known && hub.server) step(hub, channel, 'up')
  return () => leave(hub, channel, subscriber)
}

async function connected(state: Store<ClientState>): Promise<void> {
  for await (const now of state) {
    if (now.status === 'live') return
    if (now.status === 'closed') throw now.error ?? closedError()
  }
}
