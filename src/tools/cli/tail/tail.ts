/**
 * Enters: a subscription. Leaves: its updates as text, and the exit code. A connection that may come back is made again. Each loss is told,
 * as changes in between are not sent later.
 */
import { type BackOff, spreadBackOffMs } from '#back-off.js'
import { type Clock, pause } from '#clock.js'
import { verdictOn, type Ending } from './ending.js'
import { exitCodes } from '../exit-codes.js'
import { follow, type Subscription } from './follow.js'
import { printable } from '../printable.js'
import type { ServerMessage, UpdateMessage } from '#protocol/message.js'

export interface TailParts {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Aborted when the user has had enough. */
  readonly stop: AbortSignal
  /** Each update, with the JSON that it was read from. */
  readonly update: (update: UpdateMessage, text: string) => void
  /** One line, without its end, about the connection. */
  readonly notice: (line: string) => void
}

/** After a connection that held for this long, the gateway counts as well, and the next loss begins with a short wait again. */
const steadyMs = 30_000
/** Short enough that a restarted gateway is hardly missed, and long enough that many clients do not hinder one that is just starting. */
const retries: BackOff = { firstMs: 500, maxMs: 30_000 }

/** Follows an entity until the user stops it or trying again cannot help. Resolves with the exit code. */
export async function tail(subscription: Subscription, parts: TailParts): Promise<number> {
  let connectedBefore = false
  for (let failures = 0; ; failures++) {
    const { ending, heldMs } = await connectOnce(subscription, parts)
    if (parts.stop.aborted) return exitCodes.good
    connectedBefore ||= heldMs !== undefined
    const { words, exitCode } = verdictOn(ending, connectedBefore)
    parts.notice(sentence(words))
    if (exitCode !== undefined) return exitCode
    if (heldMs !== undefined && heldMs >= steadyMs) failures = 0
    const delayMs = spreadBackOffMs(retries, failures, parts.random)
    parts.notice(`Connecting again in ${(delayMs / 1000).toFixed(1)} s; changes until then are not shown.`)
    if (!(await pause(parts.clock, delayMs, parts.stop))) return exitCodes.good
  }
}

/** Resolves when the connection has ended, with the time for which it was open; undefined for one that never was. */
async function connectOnce(subscription: Subscription, parts: TailParts): Promise<{ ending: Ending; heldMs: number | undefined }> {
  const { clock, stop, notice } = parts
  let openedAtMs: number | undefined
  const ending = await follow(subscription, {
    clock,
    stop,
    opened: () => void (openedAtMs = clock.monotonicMs()),
    received: (message, text) => receive(message, text, parts),
    notUnderstood: (text) => notice(`The server sent what is no message of the protocol: ${printable(text.slice(0, 100))}`),
  })
  return { ending, heldMs: openedAtMs === undefined ? undefined : clock.monotonicMs() - openedAtMs }
}

function receive(message: ServerMessage, text: string, { update, notice }: TailParts): void {
  if (message.type === 'entity_update') update(message, text)
  if (message.type === 'subscription_success') notice(`Following ${printable(message.entity_id)}. Ctrl-C ends.`)
  if (message.type === 'error') notice(`The server says: ${printable(message.message)}`)
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`
}
