import { closeNameOf, closeNumbers, isFinalClose } from '#protocol/close-codes.js'
import type { LinkEnd } from './api.js'
import type { Link, LinkEffect, LinkEvent, Moment, Step } from './link.js'
import { retryDelay } from './retry-delay.js'
import { SluiceError } from './sluice-error.js'

/** A server answers a connection at once. If it takes longer, the network loses packets. */
const openingMsMax = 10_000
const lostCode = 1006

/** What a link does that goes: no socket, nothing stands at the server, and what is shown may not be so any more. */
const leave: readonly LinkEffect[] = [['drop'], ['down'], ['stale']]

export function stay(link: Link): Step {
  return [link]
}

export function ask(link: Link): Step {
  return [askingFrom(link), ['ask', 'connect']]
}

/** A token that the server has refused would be refused again. What was shown goes first, unless it is known that the user is the same. */
export function open(link: Link, { token, sub }: LinkEvent<'token'>, { nowMs }: Moment): Step {
  if (token === link.spent) return finish(link, new SluiceError('token_expired', 'no other token', true))
  const opening: Link = { ...link, at: 'opening', token, sub, floorMs: 0, alarms: { ...link.alarms, answer: nowMs + openingMsMax } }
  const isOther = link.token !== undefined && token !== link.token && (sub === undefined || sub !== link.sub)
  return [opening, ...(isOther ? [['forget'] as const] : []), ['open', token]]
}

/** The socket has ended. */
export function lose(link: Link, { code, name, reason }: LinkEvent<'ended'>, moment: Moment): Step {
  const end = { code, name, reason }
  const lost: readonly LinkEffect[] = [['down'], [code === closeNumbers.rights_changed ? 'forget' : 'stale']]
  const isExpired = code === closeNumbers.token_expired && link.spent === undefined
  // Asked of every end, as it may want to know of all.
  const mayReturn = moment.settings.mayReturn(end)
  if (!mayReturn || (isFinalClose(code) && !isExpired)) return finish(link, new SluiceError(name, reason || name, true))
  if (!isExpired) return wait(link, end, moment, lost)
  // A second one that soon has another cause than time, such as a clock that is wrong.
  const failures = failuresWith(link, moment)
  if (failures > 1) return wait({ ...link, spent: link.token }, end, moment, lost)
  return [askingFrom({ ...link, failures, spent: link.token }), ...lost, ['ask', 'expired']]
}

export function endOf(code: number, reason: string): LinkEnd {
  return { code, reason, name: closeNameOf(code) ?? ([1005, lostCode].includes(code) ? 'lost' : 'unknown') }
}

/** A server that does not answer, or is not understood, is left without waiting for its close, which may take minutes. */
export function giveUp(link: Link, _event: unknown, moment: Moment): Step {
  return wait(link, endOf(lostCode, 'given up'), moment, leave)
}

export function fail(link: Link, { error }: LinkEvent<'failed'>, moment: Moment): Step {
  if (error.final) return finish(link, error)
  const end = { code: 0, name: error.code as LinkEnd['name'], reason: error.message }
  return wait(link, end, moment, [...leave, ['error', error]])
}

export function goStale(link: Link): Step {
  return [{ ...link, shown: connecting(link), alarms: { ...link.alarms, stale: undefined } }, ['stale']]
}

export function stayAway(link: Link, { floorMs }: LinkEvent<'stay_away'>): Step {
  return [{ ...link, floorMs }]
}

/** All pages of an office come back with its network, so chance counts here too. A server's wish is not undercut. */
export function sooner(link: Link, _event: unknown, { nowMs, chance, settings }: Moment): Step {
  const { retry = 0 } = link.alarms
  const retryMs = Math.min(retry, Math.max(nowMs, link.notBeforeMs) + chance * settings.leastMs)
  return [{ ...link, alarms: { retry: retryMs } }]
}

export function rest(link: Link): Step {
  return [{ ...link, at: 'idle', shown: { status: 'idle' }, alarms: {} }, ...leave]
}

export function pause(link: Link): Step {
  return [{ ...link, at: 'paused', shown: { status: 'paused' }, alarms: {} }, ...leave]
}

export function end(link: Link): Step {
  return finish(link)
}

export function finish(link: Link, error?: SluiceError): Step {
  return [{ ...link, at: 'closed', shown: { status: 'closed', error }, alarms: {} }, ['drop'], ['over', error]]
}

function wait(link: Link, end: LinkEnd, moment: Moment, effects: readonly LinkEffect[]): Step {
  const { nowMs } = moment
  const failures = failuresWith(link, moment)
  const retry = nowMs + retryDelay(end.code, failures - 1, link.floorMs, moment)
  const shown = { status: 'waiting', retryAt: retry, end, attempt: failures } as const
  return [{ ...link, at: 'waiting', failures, shown, notBeforeMs: nowMs + link.floorMs, alarms: { retry } }, ...effects]
}

/** Connections in a row that have not held, with this one that ends. */
export function failuresWith(link: Link, { nowMs, settings }: Moment): number {
  return link.at === 'live' && nowMs - link.sinceMs >= settings.steadyMs ? 1 : link.failures + 1
}

function askingFrom(link: Link): Link {
  return { ...link, at: 'asking', shown: connecting(link), alarms: {} }
}

function connecting({ failures }: Link): Link['shown'] {
  return { status: 'connecting', attempt: failures + 1 }
}
