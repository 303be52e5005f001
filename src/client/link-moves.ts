import { closeNameOf, closeNumbers, isFinalClose } from '#protocol/close-codes.js'
import type { LinkEnd } from './api.js'
import type { Greeting, Link, LinkEffect, LinkEventOf, LinkIn, Live, Moment, Step } from './link.js'
import { retryDelay } from './retry-delay.js'
import { SluiceError } from './sluice-error.js'

/** A server answers a connection at once. If it takes longer, the network loses packets. */
const openingMsMax = 10_000
/** A page need not show that it goes to another server, if that is done by then. */
const replacingMsMax = 2000
/** So long ahead of its end a token is replaced, and up to twice as long, so that clients do not all ask in the same moment. */
const renewAheadMs = 30_000

/** `closed` without a reason, and `lost`. */
const closesWithoutCode: readonly number[] = [1005, 1006]
const lostCode = 1006

export function ask(link: Link): Step {
  return [
    { ...memoryOf(link), at: 'asking', liveUntilMs: undefined },
    { type: 'ask', reason: 'connect' },
  ]
}

/** A token that the server has refused would be refused again. What another user was shown goes first. */
export function open(link: LinkIn<'asking'>, { token, sub }: LinkEventOf<'token'>, moment: Moment): Step {
  if (token === link.spent) return finish(link, new SluiceError('token_expired', 'The token has expired, and there is no other one.', true))
  return openWith(link, token, sub, link.liveUntilMs, moment)
}

export function enter(link: LinkIn<'opening'>, greeting: LinkEventOf<'established'>, { nowMs, chance }: Moment): Step {
  const { failures, sub, token, floorMs } = link
  return [
    {
      ...{ at: 'live', failures, spent: undefined, sub, token, floorMs, sinceMs: nowMs, heardAtMs: nowMs, ping: undefined },
      ...{ canPing: greeting.features.includes('ping'), canAuthenticate: greeting.features.includes('authenticate') },
      ...{ renewal: undefined, renewAtMs: renewalTime(greeting, nowMs, chance), moveAtMs: Infinity },
    },
    { type: 'up' },
  ]
}

/** A token of some seconds is replaced after half of its time. */
export function renewalTime({ expiresInMs }: Pick<Greeting, 'expiresInMs'>, nowMs: number, chance: number): number {
  return nowMs + Math.max(expiresInMs / 2, expiresInMs - renewAheadMs * (1 + chance))
}

export function lose(link: LinkIn<'opening'> | Live, { code, reason, mayReturn }: LinkEventOf<'ended'>, moment: Moment): Step {
  const lost: LinkEffect[] = [{ type: 'down' }, { type: code === closeNumbers.rights_changed ? 'forget' : 'stale' }]
  const end = endOf(code, reason)
  if (code === closeNumbers.token_expired && link.spent === undefined && mayReturn)
    return [{ ...memoryOf(link), at: 'asking', spent: link.token, liveUntilMs: undefined }, ...lost, { type: 'ask', reason: 'expired' }]
  if (isFinalClose(code) || !mayReturn) return finish(link, new SluiceError(end.name, reason || end.name, true))
  return then(wait(link, end, moment), lost)
}

export function endOf(code: number, reason: string): LinkEnd {
  return { code, name: closeNameOf(code) ?? (closesWithoutCode.includes(code) ? 'lost' : 'unknown'), reason }
}

/** No answer: the connection is given up without waiting for its close, which may take minutes. */
export function giveUp(link: LinkIn<'opening'> | Live, { reason }: Pick<LinkEventOf<'broken'>, 'reason'>, moment: Moment): Step {
  return then(wait(link, endOf(lostCode, reason), moment), away)
}

export function turnAway(link: LinkIn<'opening'>, event: LinkEventOf<'timer'>, moment: Moment): Step {
  return moment.nowMs < link.giveUpAtMs ? goStale(link, event, moment) : giveUp(link, { reason: 'The server does not answer.' }, moment)
}

export function keepOut(link: LinkIn<'opening'>, { floorMs }: LinkEventOf<'stay_away'>): Step {
  return [{ ...link, floorMs }]
}

export function goStale(link: LinkIn<'asking' | 'opening'>, _event: unknown, { nowMs }: Moment): Step {
  if (link.liveUntilMs === undefined || nowMs < link.liveUntilMs) return [link]
  return [{ ...link, liveUntilMs: undefined }, { type: 'stale' }]
}

/** There is no token, no address or no socket. */
export function fail(link: LinkIn<'asking' | 'opening'>, { error }: LinkEventOf<'failed'>, moment: Moment): Step {
  if (error.final) return finish(link, error)
  const end: LinkEnd = { code: 0, name: error.code as LinkEnd['name'], reason: error.message }
  return then(wait(link, end, moment), [...away, { type: 'tell', event: 'error', value: error }])
}

export function askIfDue(link: LinkIn<'waiting'>, _event: unknown, { nowMs }: Moment): Step {
  return nowMs < link.retryAtMs ? [link] : ask(link)
}

/** All pages of an office come back with its network, so chance counts here too. */
export function sooner(link: LinkIn<'waiting'>, _event: unknown, { nowMs, chance, settings }: Moment): Step {
  const retryAtMs = Math.max(nowMs, link.notBeforeMs) + chance * settings.leastMs
  return [{ ...link, retryAtMs: Math.min(link.retryAtMs, retryAtMs) }]
}

export function rest(link: Link): Step {
  return [{ ...memoryOf(link), at: 'idle' }, ...away]
}

export function pause(link: Link): Step {
  return [{ ...memoryOf(link), at: 'paused' }, ...away]
}

export function end(link: Link): Step {
  return finish(link, undefined)
}

export function finish(link: Link, error: SluiceError | undefined): Step {
  return [{ ...memoryOf(link), at: 'closed', error }, { type: 'drop' }, { type: 'over', error }]
}

/** By close, connect and resume, as the same client has one connection at a time. */
export function replaceWith(link: Live, token: string, sub: string | undefined, moment: Moment): Step {
  return then(openWith(link, token, sub, moment.nowMs + replacingMsMax, moment), [{ type: 'drop' }, { type: 'down' }])
}

export function askAgain(link: Live, { nowMs }: Moment): Step {
  const next: Link = { ...memoryOf(link), at: 'asking', liveUntilMs: nowMs + replacingMsMax }
  return [next, { type: 'drop' }, { type: 'down' }, { type: 'ask', reason: 'connect' }]
}

const away: readonly LinkEffect[] = [{ type: 'drop' }, { type: 'down' }, { type: 'stale' }]

function openWith(link: Link, token: string, sub: string | undefined, liveUntilMs: number | undefined, { nowMs }: Moment): Step {
  const isOther = link.sub !== undefined && sub !== undefined && sub !== link.sub
  const next: Link = { ...memoryOf(link), at: 'opening', sub, token, giveUpAtMs: nowMs + openingMsMax, floorMs: 0, liveUntilMs }
  return then([next, { type: 'open', token }], isOther ? [{ type: 'forget' }] : [])
}

function wait(link: Link, end: LinkEnd, moment: Moment): Step {
  const { nowMs, settings } = moment
  const failures = link.at === 'live' && nowMs - link.sinceMs >= settings.steadyMs ? 0 : link.failures
  const [floorMs, delayMs] = retryDelay(end.code, failures, 'floorMs' in link ? link.floorMs : 0, moment)
  const times = { notBeforeMs: nowMs + floorMs, retryAtMs: nowMs + delayMs }
  return [{ ...memoryOf(link), at: 'waiting', failures: failures + 1, ...times, end }]
}

function then([link, ...last]: Step, first: readonly LinkEffect[]): Step {
  return [link, ...first, ...last]
}

function memoryOf({ failures, spent, sub }: Link): Pick<Link, 'failures' | 'spent' | 'sub'> {
  return { failures, spent, sub }
}
