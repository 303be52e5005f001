import { makeAlarmClock } from './alarm-clock.js'
import type { ClientOptions, LinkEnd } from './api.js'
import { messagesIn, type Incoming } from './incoming.js'
import { idleLink, linkPhases, type Link, type LinkEffects, type LinkEvent, type Moment, type Step } from './link.js'
import { linkEventIn } from './link-messages.js'
import { makeLinkSocket, type LinkSocketParts } from './link-socket.js'
import { linkTable } from './link-table.js'
import { followPage } from './page-life.js'
import type { Surroundings } from './surroundings.js'
import { makeTokenSource } from './token-source.js'

/** Whom a link serves, by what it tells them to do. */
export type LinkUser = {
  readonly [E in Exclude<keyof LinkEffects, 'ask' | 'open' | 'drop' | 'send'>]: (detail: LinkEffects[E]) => void
} & {
  changed(link: Link): void
  take(message: Incoming): void
  /** All of a frame is in. */
  framed(text: string, messages: readonly Incoming[]): void
}

export interface LinkParts extends LinkSocketParts {
  readonly options: ClientOptions
  readonly user: LinkUser
}

export interface LinkDriver {
  /** What an event brings about is done before the next one. */
  readonly dispatch: (event: LinkEvent) => void
  readonly send: (text: string) => void
}

/** Does what the link's table says, with sockets, timers, tokens and the page's life. */
export function makeLinkDriver(parts: LinkParts): LinkDriver {
  const { options, around, user } = parts
  let link = idleLink
  const events: LinkEvent[] = []
  const dispatch = (event: LinkEvent): void => {
    if (events.push(event) > 1) return
    try {
      for (const next of events) run(next)
    } finally {
      events.length = 0
    }
  }
  const run = (event: LinkEvent): void => {
    const cell = linkTable[event.type][linkPhases.indexOf(link.at)] as (link: Link, event: LinkEvent, moment: Moment) => Step
    const [next, ...effects] = cell(link, event, { nowMs: around.nowMs(), chance: around.random(), settings })
    link = next
    for (const [name, detail] of effects) (perform[name] as (detail: unknown) => void)(detail)
    user.changed(link)
    setAlarms(link.alarms)
    watchPage(link)
  }
  const settings = settingsOf(options, around)
  const setAlarms = makeAlarmClock(around, dispatch)
  const watchPage = pageWatcher(parts, dispatch)
  const { open, drop, send } = makeLinkSocket(parts, dispatch, receiver(parts, dispatch))
  const tokens = makeTokenSource(
    options.token,
    around,
    (token) => dispatch({ type: 'token', token, sub: around.subOf(token) }),
    (error) => dispatch({ type: 'failed', error }),
  )
  const perform: { readonly [E in keyof LinkEffects]: (detail: LinkEffects[E]) => void } = {
    ...{ ...user, ask: tokens.ask, open, drop },
    send: (request) => send(JSON.stringify(request)),
    over(error) {
      tokens.stop()
      user.over(error)
    },
  }
  return { dispatch, send }
}

function settingsOf({ backoff, shouldReconnect }: ClientOptions, around: Surroundings): Moment['settings'] {
  const { leastMs = 500, mostMs = 30_000, steadyMs = 30_000 } = backoff ?? {}
  const mayReturn = (end: LinkEnd): boolean => {
    try {
      return shouldReconnect?.(end) !== false
    } catch (error) {
      around.report(error)
      return true
    }
  }
  return { leastMs, mostMs, steadyMs, mayReturn }
}

function receiver({ options, user }: LinkParts, dispatch: LinkDriver['dispatch']) {
  return (data: unknown, isCurrent: () => boolean): void => {
    const messages = messagesIn(data, options.parse ?? JSON.parse)
    if (!messages) return dispatch({ type: 'broken' })
    dispatch({ type: 'heard' })
    try {
      for (const message of messages) {
        if (!isCurrent()) break
        const event = linkEventIn(message)
        if (event) dispatch(event)
        if (event?.type !== 'unauthenticated') user.take(message)
      }
      user.framed(data as string, messages)
    } catch (error) {
      // No server nests so deep that the stack overflows.
      if (!(error instanceof RangeError)) throw error
      dispatch({ type: 'broken' })
    }
  }
}

/** Only while there is a link, so that a client that is left alone leaves nothing behind. */
function pageWatcher({ options, around }: LinkParts, dispatch: LinkDriver['dispatch']): (link: Link) => void {
  let leavePage: (() => void) | undefined
  return ({ at }) => {
    if (at !== 'idle' && at !== 'closed') {
      leavePage ??= followPage(around, options.whenHidden === 'pause', (type) => dispatch({ type }))
    } else {
      leavePage?.()
      leavePage = undefined
    }
  }
}
