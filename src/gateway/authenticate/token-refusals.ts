import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { LinePace } from '#logging/line-pace.js'
import { Meter, type RefusalReason } from '../observe/meter.js'
import { refusals } from './token-fault.js'

export type RefusalCounts = Pick<Meter, 'tokensRefused'>

/** For each reason: whoever sets up a gateway sees each, and whoever sends thousands of bad tokens does not fill the log. */
const linesPerMinuteMax = 10

/** Names of keys and issuers are shorter; a stranger wrote this one. */
const charactersMax = 200

/** Counts the tokens that are refused, and tells operators why, without the token. */
export class TokenRefusals {
  private readonly paces = new Map<RefusalReason, LinePace>()

  constructor(private readonly context: { readonly clock: Clock; readonly log: Log; readonly meter: RefusalCounts }) {}

  note(token: string, reason: RefusalReason, error: unknown): void {
    const { log, meter } = this.context
    Meter.count(meter.tokensRefused, reason)
    const pace = this.paceOf(reason).next()
    if (pace === 'skip') return
    const told = { reason, ...markedBy(token), ...(reason === 'key_unusable' && { err: error }) }
    const rest = pace === 'last' ? ' More of this minute are counted only.' : ''
    log.warn(told, `A token is refused: ${refusals[reason].means}.${rest}`)
  }

  private paceOf(reason: RefusalReason): LinePace {
    let pace = this.paces.get(reason)
    if (pace === undefined) this.paces.set(reason, (pace = new LinePace(linesPerMinuteMax, this.context.clock)))
    return pace
  }
}

/** What a token says of itself, verified or not: by that operators find who made it. */
function markedBy(token: string): Record<string, string> {
  const { alg, kid } = attempted(() => decodeProtectedHeader(token))
  const { iss } = attempted(() => decodeJwt(token))
  const texts = Object.entries({ alg, kid, iss }).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  return Object.fromEntries(texts.map(([name, value]) => [name, value.slice(0, charactersMax)]))
}

function attempted<T extends object>(read: () => T): Partial<T> {
  try {
    return read()
  } catch {
    return {}
  }
}
