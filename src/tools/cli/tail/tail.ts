/**
 * Enters: an entity. Leaves: its latest version and its changes as text, and the exit code. A connection that may come back is made again,
 * and goes on where the one before it ended, or says that it does not.
 */
import { type BackOff, spreadBackOffMs } from '#back-off.js'
import { pause } from '#clock.js'
import { verdictOn, type Ending } from './ending.js'
import { exitCodes } from '../exit-codes.js'
import { follow } from './follow.js'
import { FollowedEntity, type FollowedParts } from './followed-entity.js'
import { printable } from '../printable.js'
import { TailToken, type TailTokenParts } from './tail-token.js'

export interface TailParts extends FollowedParts, TailTokenParts {
  /** Where to connect: `ws://HOST:PORT/ws/{client_id}`. */
  readonly address: URL
  /** From 0 up to 1. */
  readonly random: () => number
  /** Aborted when the user has had enough. */
  readonly stop: AbortSignal
}

/** After a connection that held for this long, the gateway counts as well, and the next loss begins with a short wait again. */
const steadyMs = 30_000
/** Short enough that a restarted gateway is hardly missed, and long enough that many clients do not hinder one that is just starting. */
const retries: BackOff = { firstMs: 500, maxMs: 30_000 }

/**
 * Follows an entity until the user stops it or trying again cannot help. Resolves with the exit code.
 * @throws ConfigurationError where there is no token.
 */
export async function tail(parts: TailParts): Promise<number> {
  const entity = new FollowedEntity(parts)
  const token = new TailToken(parts)
  let connectedBefore = false
  for (let failures = 0; ; failures++) {
    const { ending, heldMs } = await connectOnce(entity, token, parts)
    if (parts.stop.aborted) return exitCodes.good
    connectedBefore ||= heldMs !== undefined
    const { words, exitCode } = verdictOn(ending, connectedBefore)
    parts.notice(sentence(words))
    const isOfOldToken = exitCode === exitCodes.refused && token.isOutdated
    if (exitCode !== undefined && !isOfOldToken) return exitCode
    if (heldMs !== undefined && heldMs >= steadyMs) failures = 0
    const delayMs = spreadBackOffMs(retries, failures, parts.random)
    parts.notice(`Connecting again in ${(delayMs / 1000).toFixed(1)} s${entity.canResume ? '' : '; changes until then are not shown'}.`)
    if (!(await pause(parts.clock, delayMs, parts.stop))) return exitCodes.good
  }
}

interface Connected {
  readonly ending: Ending
  /** The time for which it was open; undefined for one that never was. */
  readonly heldMs: number | undefined
}

/** Resolves when the connection has ended. */
async function connectOnce(entity: FollowedEntity, token: TailToken, parts: TailParts): Promise<Connected> {
  const { address, clock, stop, notice } = parts
  let openedAtMs: number | undefined
  const ending = await follow(
    { address, token: token.next() },
    {
      clock,
      stop,
      opened(send) {
        openedAtMs = clock.monotonicMs()
        entity.connected(send)
      },
      received(message, text, send) {
        token.received(message, send)
        return entity.received(message, text)
      },
      notUnderstood: (text) => notice(`The server sent what is no message of the protocol: ${printable(text.slice(0, 100))}`),
    },
  )
  token.stop()
  return { ending, heldMs: openedAtMs === undefined ? undefined : clock.monotonicMs() - openedAtMs }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`
}
