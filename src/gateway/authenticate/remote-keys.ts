import { createRemoteJWKSet, customFetch, type JWK, type JWTVerifyGetKey } from 'jose'
import { type BackOff, backOffMs } from '#back-off.js'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { redactedUrl } from '#text/redaction.js'
import { CallCounts } from '../observe/call-counts.js'
import { keyFetch } from './key-fetch.js'

/** A key server that takes longer counts as away. A client may wait this long for its upgrade. */
const keysTimeoutMs = 5_000

/** Tokens with made-up key ids cause one fetch in this time, and a new key works after it at the latest. */
const keysCooldownMs = 30_000

/** How long a withdrawn key still counts, and how long new tokens are accepted while the key server is away. */
const keysAgeMaxMs = 600_000

/**
 * Keys are fetched anew well before they are too old, so that operators notice a key server that is away for minutes, and clients do not.
 */
const refreshMs = keysAgeMaxMs / 2
const retries: BackOff = { firstMs: 1_000, maxMs: 10_000 }

/** What the process knows of the keys that verify tokens. */
export interface KeysState {
  /** Whether the last fetch brought keys. */
  readonly isUp: boolean
  /** How many keys may verify a token. */
  readonly count: number
  /** Milliseconds since they were fetched; undefined before the first time. */
  readonly ageMs: number | undefined
}

/** The keys at an address. They are fetched at the start and again and again, even when no client connects. */
export class RemoteKeys {
  readonly getKey: JWTVerifyGetKey
  readonly calls: CallCounts
  private readonly keys: ReturnType<typeof createRemoteJWKSet>
  private fetchedAtMs: number | undefined
  private count = 0
  private problem: string | undefined = 'they were not fetched yet'
  private cancelNext: () => void = () => undefined
  private stopped = false

  constructor(
    private readonly url: URL,
    private readonly context: { readonly clock: Clock; readonly log: Log },
  ) {
    this.calls = new CallCounts(context.clock)
    const fetchKeys = keyFetch(context, this.calls)
    this.keys = createRemoteJWKSet(url, {
      timeoutDuration: keysTimeoutMs,
      cooldownDuration: keysCooldownMs,
      cacheMaxAge: keysAgeMaxMs,
      [customFetch]: async (...request) => this.noteKeys(await fetchKeys(...request).catch((error: unknown) => this.failed(error))),
    })
    this.getKey = this.keys
  }

  /** Fetches the keys, again after a failure, and anew before they are too old. */
  start(): void {
    void this.fetchOn(0)
  }

  stop(): void {
    this.stopped = true
    this.cancelNext()
  }

  /** Ready once keys were fetched. A later failure is no reason to turn clients away, as their keys are known. */
  status(): { readonly ready: boolean; readonly reason?: string } {
    const ready = this.fetchedAtMs !== undefined
    return this.problem === undefined ? { ready } : { ready, reason: `the keys at ${redactedUrl(this.url.href)}: ${this.problem}` }
  }

  state(): KeysState {
    const ageMs = this.fetchedAtMs === undefined ? undefined : this.context.clock.monotonicMs() - this.fetchedAtMs
    return { isUp: this.problem === undefined, count: this.count, ageMs }
  }

  /** @param failures how many there were in a row. */
  private async fetchOn(failures: number): Promise<void> {
    await this.keys.reload().catch(() => undefined)
    if (this.stopped) return
    const [waitMs, next] = this.problem === undefined ? [refreshMs, 0] : [backOffMs(retries, failures), failures + 1]
    this.cancelNext = this.context.clock.after(waitMs, () => void this.fetchOn(next))
  }

  private async noteKeys(answer: Response): Promise<Response> {
    const keys = ((await answer.json()) as { keys: JWK[] }).keys.map(underBothNames)
    this.count = keys.filter(isForTokens).length
    this.problem = this.count === 0 ? 'there is none that could verify a token' : undefined
    if (this.count > 0) this.fetchedAtMs = this.context.clock.monotonicMs()
    return Response.json({ keys })
  }

  private failed(error: unknown): never {
    this.problem = error instanceof Error ? error.message : String(error)
    throw error
  }
}

/** `EdDSA` and `Ed25519` (RFC 9864) are one algorithm: a key that is marked by either verifies tokens that name the other. */
function underBothNames({ alg, ...key }: JWK): JWK {
  return alg === undefined || (key.crv === 'Ed25519' && ['EdDSA', 'Ed25519'].includes(alg)) ? key : { ...key, alg }
}

/** Whether a key is of a kind that signs, and is not marked for encryption. */
function isForTokens({ kty, use }: JWK): boolean {
  return ['RSA', 'EC', 'OKP'].includes(kty ?? '') && use !== 'enc'
}
