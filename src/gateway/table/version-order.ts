import { operations } from '#entities.js'
import type { LogOrder } from './logs.js'
import type { Rank, Version } from './row.js'

type Ordered = Pick<Version, 'log' | 'offset' | 'rank'>

/**
 * Whether a version that is read now is newer than the latest one of its entity: within a log by offset, and between logs by rank, then by
 * log. What was read of a log that does not go on is older than everything.
 */
export function isNewer(version: Ordered, latest: Ordered, logs: LogOrder): boolean {
  if (version.log === latest.log) return version.offset > latest.offset
  return logs.isGone(latest.log) || (rankOrder(version.rank, latest.rank) || logs.compare(version.log, latest.log)) > 0
}

/**
 * The rank of a version that is newer than the latest one. Within a log ranks never fall, even where the clock of a producer was set back:
 * so the latest version is the last one of that log which has the highest rank, in whatever order a node reads the logs.
 */
export function rankBehind(version: Ordered, latest: Ordered, logs: LogOrder): Rank {
  if (version.log !== latest.log && logs.isGone(latest.log)) return version.rank
  return rankOrder(version.rank, latest.rank) > 0 ? version.rank : latest.rank
}

function rankOrder(one: Rank, other: Rank): number {
  return one.timestampMs - other.timestampMs || operations.indexOf(one.operation) - operations.indexOf(other.operation)
}
