import type { Dialect } from '#protocol/dialect.js'
import type { SubscriptionOptions } from '../backlog/conflation.js'
import type { SnapshotRequest } from '../backlog/owed.js'
import { Pace } from '../backlog/pace.js'

/** Shared by the subscriptions that wish nothing else, which are nearly all. */
const usual: Readonly<Record<'conflate' | 'close', SubscriptionOptions>> = {
  conflate: { conflates: true, pace: undefined },
  close: { conflates: false, pace: undefined },
}

/** A pace leaves updates out anyway, so that a client with one is never too slow for it. */
export function optionsFor({ on_slow, max_hz }: Pick<SnapshotRequest, 'on_slow' | 'max_hz'>, dialect: Dialect): SubscriptionOptions {
  if (max_hz !== undefined) return { conflates: true, pace: new Pace(max_hz) }
  return usual[on_slow ?? (dialect === 'seed' ? 'close' : 'conflate')]
}
