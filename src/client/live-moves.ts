import type { Link, LinkEffect, LinkEvent, Moment, Step } from './link.js'
import { failuresWith, finish, giveUp, open } from './link-moves.js'
import { retryDelay } from './retry-delay.js'

/** Shorter than what most proxies cut. */
const silenceMsMax = 25_000
const answerMsMax = 3000
/** So long ahead of its end a token is replaced, and up to twice as long, so that clients do not all ask in the same moment. */
const renewAheadMs = 30_000
/** Where there is no new token, or one that is over at once, it is asked for again after this time, and up to twice as long. */
const renewAgainMs = 5000
const tokenMsLeast = 1000
/** A page need not show that its connection is replaced, if that is done by then. */
const replacingMsMax = 2000
/** Marks the answers to `authenticate`. */
export const authenticateRef = 'token'

export function enter(link: Link, event: LinkEvent<'established'>, moment: Moment): Step {
  const { nowMs } = moment
  const { features, limits } = event
  const shown = link.shown.status === 'live' ? link.shown : ({ status: 'live', since: nowMs } as const)
  const alarms = { silence: nowMs + silenceMsMax, renew: renewalMs(event, moment) }
  return [
    { ...link, at: 'live', shown, alarms, features, sinceMs: nowMs, spent: undefined, ping: undefined, renewal: undefined },
    ['up', { features, limits }],
  ]
}

/** Any frame says that somebody is there. What was on its way before a ping proves less than its answer, so that is still waited for. */
export function heard(link: Link, { pong }: LinkEvent<'heard'>, { nowMs }: Moment): Step {
  const ping = pong === link.ping?.ref ? undefined : link.ping
  const answer = ping && nowMs + answerMsMax
  return [{ ...link, ping, alarms: { ...link.alarms, answer, silence: nowMs + silenceMsMax } }]
}

export function ping(link: Link, _event: unknown, moment: Moment): Step {
  return link.ping === undefined ? askThere(link, false, moment) : [link]
}

/** A clock that is late proves nothing; it is asked once more then. */
export function despair(link: Link, { isLate }: LinkEvent<'answer'>, moment: Moment): Step {
  return isLate && !link.ping?.isSecond ? askThere(link, true, moment) : giveUp(link, {}, moment)
}

/** A client that is sent on by each server goes ever more slowly. */
export function move(link: Link, { withinMs }: LinkEvent<'move'>, moment: Moment): Step {
  const delayMs = link.failures === 0 ? 0 : retryDelay(0, link.failures - 1, 0, moment)
  const leave = moment.nowMs + Math.max(moment.chance * withinMs, delayMs)
  return [{ ...link, alarms: { ...link.alarms, leave: Math.min(link.alarms.leave ?? Infinity, leave) } }]
}

/** By close, connect and resume, as the same client has one connection at a time. */
export function replace(link: Link, _event: unknown, moment: Moment): Step {
  return [{ ...replacing(link, moment), failures: failuresWith(link, moment) }, ['drop'], ['down'], ['ask', 'connect']]
}

export function renew(link: Link, _event: unknown, { nowMs }: Moment): Step {
  if (link.renewal !== undefined) return [link]
  const alarms = { ...link.alarms, renew: undefined }
  return [{ ...link, renewal: '', renewFromMs: nowMs + renewAgainMs, alarms }, ['ask', 'expiring']]
}

/** The server says that the token ends. */
export function renewSoon(link: Link, event: unknown, moment: Moment): Step {
  const { renew: renewMs = Infinity } = link.alarms
  if (link.renewal !== undefined || moment.nowMs >= link.renewFromMs) return renew(link, event, moment)
  return [{ ...link, alarms: { ...link.alarms, renew: Math.min(renewMs, link.renewFromMs) } }]
}

/** To a server that cannot take a new token on an open connection it is brought by another one, as is the token of another user. */
export function renewBy(link: Link, event: LinkEvent<'token'>, moment: Moment): Step {
  const { token, sub } = event
  if (link.renewal !== '') return [link]
  if (token === link.token) return [later(link, 0, moment)]
  if (!link.features.includes('authenticate') || sub !== link.sub) return replaceBy(link, event, moment)
  return [{ ...link, renewal: token }, ['send', { type: 'authenticate', token, ref: authenticateRef }]]
}

export function renewLater(link: Link, { error }: LinkEvent<'failed'>, moment: Moment): Step {
  return error.final ? finish(link, error) : [later(link, 0, moment), ['error', error]]
}

/** The new rights may show what the old ones did not, so that what was refused is asked for again. */
export function renewed(link: Link, event: LinkEvent<'authenticated'>, moment: Moment): Step {
  const token = link.renewal || link.token
  const alarms = { ...link.alarms, renew: renewalMs(event, moment) }
  const told: LinkEffect = ['token_renewed', { expiresAt: moment.nowMs + event.expiresInMs }]
  return [{ ...link, token, renewal: undefined, alarms }, told, ['up']]
}

/** Only the server can read whose token it is, where the client cannot. */
export function refused(link: Link, { error, floorMs }: LinkEvent<'unauthenticated'>, moment: Moment): Step {
  const { renewal: token } = link
  if (error.code === 'token_of_another' && token) return replaceBy(link, { type: 'token', token, sub: undefined }, moment)
  return [later(link, floorMs, moment), ['error', error]]
}

function replaceBy(link: Link, event: LinkEvent<'token'>, moment: Moment): Step {
  const [next, ...effects] = open(replacing(link, moment), event, moment)
  return [next, ['drop'], ['down'], ...effects]
}

function replacing(link: Link, { nowMs }: Moment): Link {
  return { ...link, at: 'asking', alarms: { stale: nowMs + replacingMsMax } }
}

function askThere(link: Link, isSecond: boolean, { nowMs }: Moment): Step {
  const alarms = { ...link.alarms, silence: undefined }
  if (!link.features.includes('ping')) return [{ ...link, alarms }]
  const ref = Math.round(nowMs)
  return [{ ...link, ping: { ref, isSecond }, alarms: { ...alarms, answer: nowMs + answerMsMax } }, ['send', { type: 'ping', ref }]]
}

function later(link: Link, floorMs: number, { nowMs, chance }: Moment): Link {
  return { ...link, renewal: undefined, alarms: { ...link.alarms, renew: nowMs + floorMs + renewAgainMs * (1 + chance) } }
}

/** A token of some seconds is replaced after half of its time. */
function renewalMs({ expiresInMs }: { readonly expiresInMs: number }, { nowMs, chance }: Moment): number {
  if (expiresInMs < tokenMsLeast) return nowMs + renewAgainMs * (1 + chance)
  return nowMs + Math.max(expiresInMs / 2, expiresInMs - renewAheadMs * (1 + chance))
}
