import type { Log } from '#log.js'
import { parseRevocationKey, readRevokedBefore, revocationKey } from '#policy/control/revocation-record.js'
import { strictText } from '#text/strict-text.js'
import { ContentHash } from './content-hash.js'
import type { ControlRecord, ControlStatus, ControlTable } from './control-table.js'
import type { TokenUser } from './known-user.js'
import type { Revocations } from './revocations.js'

/** A million take some 100 MB. Whoever has more should lift those of tokens that have ended by themselves. */
const revocationsMax = 1_000_000
/** From here on it is said. */
const manyRevocations = 900_000

/** Which tokens are void as their topic says. A topic that is made anew lifts none: only a tombstone does. */
export class RevocationsTable implements ControlTable, Revocations {
  /** By key: tokens that were issued before this are void, in seconds since the epoch; Infinity for all. */
  private readonly before = new Map<string, number>()
  private readonly contents = new ContentHash()
  private readonly followers: ((sub: string | undefined, recordMs: number | undefined) => void)[] = []
  /** Whether a revocation had no room: nobody knows then whose tokens are good. */
  private isOverfull = false
  /** Whether revocations were lost: the same. */
  private isLost = false
  /** Kafka's time of the first record in this tick that makes a single token void: their connections are looked for together. */
  private tokensSinceMs: number | undefined

  constructor(
    private readonly log: Log,
    private readonly max = revocationsMax,
  ) {}

  get hash(): string {
    return this.contents.toString()
  }

  isVoid({ sub, claims: { iat, jti } }: Pick<TokenUser, 'sub' | 'claims'>): boolean {
    if (this.isOverfull || this.isLost || this.isTokenVoid(jti)) return true
    const before = this.before.get(revocationKey('sub', sub))
    return before !== undefined && !(typeof iat === 'number' && iat >= before)
  }

  follow(revoked: (sub: string | undefined, recordMs: number | undefined) => void): void {
    this.followers.push(revoked)
  }

  take({ key, value, timestampMs }: ControlRecord): void {
    const revoked = parseRevocationKey(key)
    if (revoked === undefined)
      return this.log.error({ key: key.slice(0, 200) }, 'A revocation is of no "sub:" and no "jti:", and means nothing.')
    if (value === null) return this.lift(key)
    if (!this.put(key, revoked.kind === 'jti' ? Infinity : this.beforeIn(key, value))) return
    if (revoked.kind === 'jti') this.tokensSinceMs ??= timestampMs
    else this.tell(revoked.name, timestampMs)
  }

  settle(): void {
    const { tokensSinceMs } = this
    this.tokensSinceMs = undefined
    if (tokensSinceMs !== undefined) this.tell(undefined, tokensSinceMs)
  }

  lost(): void {
    this.isLost = true
    this.log.error({}, 'Revocations cannot be read: every token counts as void until their topic is made anew.')
    this.tell(undefined, undefined)
  }

  beginAnew(): void {
    this.isLost = false
    this.log.warn({}, 'The topic of revocations is read again from its beginning. What it does not hold any more stays revoked here.')
  }

  caughtUp(): void {
    this.settle()
  }

  status(): ControlStatus {
    if (this.isOverfull)
      return { ready: false, reason: `there are more than ${this.max} revocations: every token counts as void until a start finds fewer` }
    if (this.isLost)
      return { ready: false, reason: 'revocations cannot be read: every token counts as void until their topic is made anew' }
    const many = this.before.size >= manyRevocations
    return { ready: true, reason: many ? `there are ${this.before.size} revocations, and ${this.max} at most` : undefined }
  }

  private isTokenVoid(jti: unknown): boolean {
    return (typeof jti === 'string' || typeof jti === 'number') && this.before.has(revocationKey('jti', String(jti)))
  }

  private beforeIn(key: string, value: Buffer): number {
    const text = strictText(value)
    const before = text === undefined ? undefined : readRevokedBefore(text)
    if (before === undefined)
      this.log.error({ key: key.slice(0, 200) }, 'A revocation says no "before" that can be read: all tokens are void.')
    return before ?? Infinity
  }

  /** Answers whether anything has changed. */
  private put(key: string, before: number): boolean {
    const known = this.before.get(key)
    if (known === before) return false
    if (known === undefined && this.before.size >= this.max) this.overflow()
    else {
      if (known !== undefined) this.contents.toggle(key, String(known))
      this.contents.toggle(key, String(before))
      this.before.set(key, before)
    }
    return true
  }

  private overflow(): void {
    if (!this.isOverfull)
      this.log.error(
        { revocations: this.max },
        'There are more revocations than can be held: every token counts as void until a start finds fewer.',
      )
    this.isOverfull = true
  }

  private lift(key: string): void {
    const known = this.before.get(key)
    if (known === undefined) return
    this.contents.toggle(key, String(known))
    this.before.delete(key)
  }

  private tell(sub: string | undefined, recordMs: number | undefined): void {
    for (const revoked of this.followers) revoked(sub, recordMs)
  }
}
