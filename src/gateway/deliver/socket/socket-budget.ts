import { readdirSync, readFileSync } from 'node:fs'

interface Descriptors {
  /** What `ulimit -n` says. */
  readonly max: number
  /** Those that the process has now. */
  readonly open: number
}

/** What sockets of clients may take, so that descriptors are left for all else that must work. */
interface SocketBudget {
  /** Sockets with a client whose token was good, those included that were just closed. */
  readonly clientsMax: number
  /** Sockets that have said nothing yet, or not yet whose they are. */
  readonly waitingMax: number
  /** Connections of the admin port, of what is kept in reserve. */
  readonly adminMax: number
}

/** For the admin port, brokers, registry and keys, and the files that are read again: of what there is a quarter, but no more than this. */
const reserveMax = 256
const reserveMin = 16

/** Of the sockets at least a quarter may wait, so that one comes in also where all others are taken. */
const waitingShare = 1 / 4

/**
 * The server library ends each that waits after 12 s, however it trickles. So many keep a crowd out that opens less than 5,000 a second,
 * at a kilobyte each in this process.
 */
const waitingMax = 65_536

/** Prometheus, an orchestrator and some people; beyond that somebody leaves connections open. */
const adminMax = 100

/** @param socketsMax what clients may have where enough descriptors are there. Without `descriptors`, they are. */
export function socketBudgetOf(socketsMax: number, descriptors: Descriptors | undefined): SocketBudget {
  if (descriptors === undefined) return { clientsMax: socketsMax, waitingMax, adminMax }
  const free = Math.max(0, descriptors.max - descriptors.open)
  const reserve = Math.max(reserveMin, Math.min(reserveMax, Math.floor(free / 4)))
  const sockets = Math.max(0, free - reserve)
  const waiting = Math.min(waitingMax, Math.max(Math.ceil(sockets * waitingShare), sockets - socketsMax))
  return {
    clientsMax: Math.min(socketsMax, sockets - waiting),
    waitingMax: waiting,
    adminMax: Math.min(adminMax, Math.floor(reserve / 2)),
  }
}

interface ConnectionLimits {
  readonly connectionsMax: number
  readonly connectionsPerSubMax: number
}

/** The limits as far as there are sockets for them; the share of one user is as much less as the whole. */
export function affordableLimits(
  { connectionsMax, connectionsPerSubMax }: ConnectionLimits,
  { clientsMax }: SocketBudget,
): ConnectionLimits {
  const affordable = Math.min(connectionsMax, clientsMax)
  return { connectionsMax: affordable, connectionsPerSubMax: Math.ceil((connectionsPerSubMax * affordable) / connectionsMax) }
}

/** Undefined on a system that does not say it in the way of Linux. */
export function descriptorsNow(): Descriptors | undefined {
  try {
    const max = maxOpenFilesIn(readFileSync('/proc/self/limits', 'utf8'))
    return max === undefined ? undefined : { max, open: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}

/** Of the text of `/proc/self/limits` the limit that holds now; undefined where there is none. */
export function maxOpenFilesIn(limits: string): number | undefined {
  const max = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return max === undefined ? undefined : Number(max)
}
