import type { ClientState } from './api.js'
import { linkPhases, type Link, type LinkEvent, type Moment, type Step } from './link.js'
import { linkTable } from './link-table.js'
import { liveDueMs } from './live-moves.js'

export const idleLink: Link = { at: 'idle', failures: 0, spent: undefined, sub: undefined }

/** What becomes of a link by an event, and what is to be done for it. */
export function step(link: Link, event: LinkEvent, moment: Moment): Step {
  const cell = linkTable[event.type][linkPhases.indexOf(link.at)] as (link: Link, event: LinkEvent, moment: Moment) => Step
  return cell(link, event, moment)
}

/** When a link is to be looked at again; Infinity where nothing is due by itself. */
export function dueMs(link: Link): number {
  if (link.at === 'waiting') return link.retryAtMs
  if (link.at === 'live') return liveDueMs(link)
  const staleAtMs = ('liveUntilMs' in link ? link.liveUntilMs : undefined) ?? Infinity
  return link.at === 'opening' ? Math.min(link.giveUpAtMs, staleAtMs) : staleAtMs
}

/** What users see of a link. The same object where that has not changed. */
export function stateOf(link: Link, before: ClientState): ClientState {
  switch (link.at) {
    case 'idle':
    case 'paused':
      return before.status === link.at ? before : { status: link.at }
    case 'asking':
    case 'opening':
      if (link.liveUntilMs !== undefined || before.status === 'connecting') return before
      return { status: 'connecting', attempt: link.failures + 1 }
    case 'live':
      return before.status === 'live' ? before : { status: 'live', since: link.sinceMs }
    case 'waiting':
      if (before.status === 'waiting' && before.retryAt === link.retryAtMs) return before
      return { status: 'waiting', retryAt: link.retryAtMs, end: link.end, attempt: link.failures }
    case 'closed':
      return before.status === 'closed' ? before : { status: 'closed', error: link.error }
  }
}
