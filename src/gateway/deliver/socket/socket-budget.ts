import { readdirSync, readFileSync } from 'node:fs'

interface Descriptors {
  /** The limit that `ulimit -n` shows. */
  readonly max: number
  /** The number that the process has open now. */
  readonly open: number
}

/** How many descriptors the clients' sockets may take, so that enough are left for everything else. */
interface SocketBudget {
  /** Sockets of clients whose token was good, including those that were just closed. */
  readonly clientsMax: number
  /** Sockets that have sent nothing yet, or no token. */
  readonly waitingMax: number
  /** Connections of the admin port. They are taken from the reserve. */
  readonly adminMax: number
}

/**
 * The reserve for the admin port, brokers, registry and keys, and for files that are read again: a quarter of the free descriptors, but no
 * more than this.
 */
const reserveMax = 256
const reserveMin = 16

/** At least a quarter of the sockets may be waiting ones, so that a new client gets in even when all others are taken. */
const waitingShare = 1 / 4

/**
 * The server library ends each waiting socket after 12 s, however slowly it sends. With this limit a crowd must open 5,000 sockets a second
 * to keep others out. A waiting socket costs this process a kilobyte.
 */
const waitingMax = 65_536

/** Enough for Prometheus, an orchestrator and some people; more means that connections are left open by mistake. */
const adminMax = 100

/** @param socketsMax the clients' limit where enough descriptors are there. Without `descriptors` there are always enough. */
export function planSocketBudget(socketsMax: number, descriptors: Descriptors | undefined): SocketBudget {
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

/** The limits, lowered to the sockets that there are. The share of one user shrinks in proportion. */
export function affordableLimits(
  { connectionsMax, connectionsPerSubMax }: ConnectionLimits,
  { clientsMax }: SocketBudget,
): ConnectionLimits {
  const affordable = Math.min(connectionsMax, clientsMax)
  return { connectionsMax: affordable, connectionsPerSubMax: Math.ceil((connectionsPerSubMax * affordable) / connectionsMax) }
}

/** Undefined on a system that does not report it as Linux does. */
export function descriptorsNow(): Descriptors | undefined {
  try {
    const max = maxOpenFilesIn(readFileSync('/proc/self/limits', 'utf8'))
    return max === undefined ? undefined : { max, open: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}

/** The soft limit in the text of `/proc/self/limits`; undefined where there is none. */
export function maxOpenFilesIn(limits: string): number | undefined {
  const max = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return max === undefined ? undefined : Number(max)
}
