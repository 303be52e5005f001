import type { LinkEventOf, Live, Moment, Step } from './link.js'
import { askAgain, finish, giveUp, renewalTime, replaceWith } from './link-moves.js'

/** Shorter than what most proxies cut. */
const silenceMsMax = 25_000
const answerMsMax = 3000
/** A timer that is so late was held up by a machine that slept, or a browser that throttles a hidden page. */
const lateMsMax = 10_000
/** Where there is no new token, it is asked for again after this time, and up to twice as long. */
const renewAgainMs = 5000

/** Any frame says that somebody is there. What was on its way before a ping proves less than its answer, so that is still waited for. */
export function heard(link: Live, { pong }: LinkEventOf<'heard'>, { nowMs }: Moment): Step {
  const { ping } = link
  const isAnswer = ping === undefined || pong === ping.ref
  return [{ ...link, heardAtMs: nowMs, ping: isAnswer ? undefined : { ...ping, answerByMs: nowMs + answerMsMax } }]
}

/** What is due. */
export function look(link: Live, { lateMs }: LinkEventOf<'timer'>, moment: Moment): Step {
  const { nowMs } = moment
  if (nowMs >= link.moveAtMs) return askAgain(link, moment)
  if (nowMs >= link.renewAtMs) return renewSoon(link)
  const isLate = lateMs > lateMsMax
  if (link.ping === undefined) return isLate || nowMs >= link.heardAtMs + silenceMsMax ? ping(link, undefined, moment) : [link]
  if (nowMs < link.ping.answerByMs) return [link]
  if (isLate && !link.ping.isSecond) return askThere(link, true, moment)
  return giveUp(link, { reason: 'The server does not answer a ping.' }, moment)
}

export function ping(link: Live, _event: unknown, moment: Moment): Step {
  return link.ping === undefined ? askThere(link, false, moment) : [link]
}

export function move(link: Live, { withinMs }: LinkEventOf<'move'>, { nowMs, chance }: Moment): Step {
  return [{ ...link, moveAtMs: Math.min(link.moveAtMs, nowMs + chance * withinMs) }]
}

export function stayAway(link: Live, { floorMs }: LinkEventOf<'stay_away'>): Step {
  return [{ ...link, floorMs }]
}

export function renewSoon(link: Live): Step {
  return link.renewal === undefined
    ? [
        { ...link, renewal: 'asked', renewAtMs: Infinity },
        { type: 'ask', reason: 'expiring' },
      ]
    : [link]
}

/** To a server that cannot take a new token on an open connection it is brought by another one, as is the token of another user. */
export function renew(link: Live, { token, sub }: LinkEventOf<'token'>, moment: Moment): Step {
  if (link.renewal !== 'asked') return [link]
  if (token === link.token) return [again(link, 0, moment)]
  if (!link.canAuthenticate || sub !== link.sub) return replaceWith(link, token, sub, moment)
  return [
    { ...link, renewal: { token } },
    { type: 'send', request: { type: 'authenticate', token, ref: authenticateRef } },
  ]
}

export function renewLater(link: Live, { error }: LinkEventOf<'failed'>, moment: Moment): Step {
  return error.final ? finish(link, error) : [again(link, 0, moment), { type: 'tell', event: 'error', value: error }]
}

/** The new rights may show what the old ones did not, so that what was refused is asked for again. */
export function answered(link: Live, event: LinkEventOf<'authenticated'>, { nowMs, chance }: Moment): Step {
  const { renewal, token } = link
  const now = typeof renewal === 'object' ? renewal.token : token
  return [
    { ...link, token: now, renewal: undefined, renewAtMs: renewalTime(event, nowMs, chance) },
    { type: 'tell', event: 'token_renewed', value: { expiresAt: nowMs + event.expiresInMs } },
    { type: 'up' },
  ]
}

export function refused(link: Live, { error, floorMs }: LinkEventOf<'unauthenticated'>, moment: Moment): Step {
  if (error.code === 'token_of_another' && typeof link.renewal === 'object') {
    const [next, ...effects] = replaceWith(link, link.renewal.token, link.sub, moment)
    return [next, { type: 'forget' }, ...effects]
  }
  return [again(link, floorMs, moment), { type: 'tell', event: 'error', value: error }]
}

/** Marks the answers to `authenticate`. */
export const authenticateRef = 'token'

function askThere(link: Live, isSecond: boolean, { nowMs }: Moment): Step {
  if (!link.canPing) return [link]
  const ref = Math.round(nowMs)
  return [
    { ...link, ping: { ref, answerByMs: nowMs + answerMsMax, isSecond } },
    { type: 'send', request: { type: 'ping', ref } },
  ]
}

function again(link: Live, floorMs: number, { nowMs, chance }: Moment): Live {
  return { ...link, renewal: undefined, renewAtMs: nowMs + floorMs + renewAgainMs * (1 + chance) }
}

/** When something is due in a live link. */
export function liveDueMs({ moveAtMs, renewAtMs, ping, canPing, heardAtMs }: Live): number {
  return Math.min(moveAtMs, renewAtMs, ping?.answerByMs ?? (canPing ? heardAtMs + silenceMsMax : Infinity))
}
