import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { LinePace } from '#logging/line-pace.js'
import { JoinedClaims } from '#policy/claim-path.js'
import { claimsBytesMax, readClaims } from '#policy/control/claims-record.js'
import { rolesOf } from '#policy/roles.js'
import { strictText } from '#text/strict-text.js'
import { ContentHash } from './content-hash.js'
import type { ControlRecord, ControlStatus, ControlTable } from './control-table.js'
import { HeldClaims, heldText } from './held-claims.js'
import type { KnownUser, KnownUsers, TokenUser } from './known-user.js'

export interface ClaimsTableOptions {
  /** Paths of the claims that name roles. */
  readonly rolesClaims: readonly string[]
  /** Paths of claims that never come from tokens. */
  readonly topicOnly: readonly string[]
  /** What the claims of all users may take, in bytes. */
  readonly bytesMax: number
  readonly clock: Clock
  readonly log: Log
}

/** What a user takes beside key and claims, in bytes: a place in a map and the heads of two texts. */
const userBytes = 100
/** Users whose claims cannot be used are remembered up to this number: whoever has more has set the limit too low, or writes no JSON. */
const unusableMax = 100_000
const linesPerMinuteMax = 10
/** As many users of a topic that was made anew are let go of in one tick: their pages change. */
const forgottenInTickMax = 200

const noClaims = { claims: {} }

/** The claims of users as their topic says, by the identity that is each record's key. */
export class ClaimsTable implements ControlTable, KnownUsers {
  /** Null where a user's claims cannot be used. */
  private readonly users = new Map<string, string | null>()
  private readonly followers: ((sub: string | undefined, recordMs: number | undefined) => void)[] = []
  private readonly contents = new ContentHash()
  private readonly pace: LinePace
  private bytes = 0
  private unusable = 0
  /** Whether there are more users with unusable claims than are remembered. */
  private isBlind = false
  /** Whether records were lost that may be of anybody. */
  private isLost = false
  /** Those who were there before the topic was read again, and have not come since. */
  private missing: Set<string> | undefined
  private isFilling = true

  constructor(private readonly options: ClaimsTableOptions) {
    this.pace = new LinePace(linesPerMinuteMax, options.clock)
  }

  get hash(): string {
    return this.contents.toString()
  }

  userOf(token: TokenUser): KnownUser | undefined {
    const { topicOnly, rolesClaims } = this.options
    const text = this.users.get(token.sub)
    if (this.isLost || text === null || (text === undefined && this.isBlind)) return undefined
    if (text === undefined && topicOnly.length === 0) return token
    const claims = new JoinedClaims(text === undefined ? noClaims : new HeldClaims(text), token.claims, topicOnly)
    return { roles: rolesOf(claims, rolesClaims), claims }
  }

  follow(changed: (sub: string | undefined, recordMs: number | undefined) => void): void {
    this.followers.push(changed)
  }

  take({ key, value, timestampMs }: ControlRecord): void {
    this.missing?.delete(key)
    if (value === null) return this.replace(key, undefined, timestampMs)
    const why = this.faultOf(key, value)
    if (why !== undefined) this.warn(key, why)
    this.replace(key, why === undefined ? heldText(value) : null, timestampMs)
  }

  lost(): void {
    this.isLost = true
    this.options.log.error({}, 'Claims of users cannot be read: nobody has rights until their topic is made anew.')
    this.tell(undefined, undefined)
  }

  beginAnew(): void {
    this.isFilling = true
    if (this.isLost) this.found()
    this.missing = new Set(this.users.keys())
  }

  caughtUp(): void {
    this.isFilling = false
    this.forgetMissing()
  }

  status(): ControlStatus {
    if (this.isLost) return { ready: false, reason: 'claims of users cannot be read: nobody has rights until their topic is made anew' }
    const { unusable, isBlind } = this
    if (unusable === 0) return { ready: true }
    const others = isBlind ? ', and nobody else whose claims are not held' : ''
    const who = unusable === 1 ? '1 user cannot be used, who has no rights' : `${unusable} users cannot be used, who have no rights`
    return { ready: true, reason: `the claims of ${who}${others}` }
  }

  private faultOf(key: string, value: Buffer): string | undefined {
    if (value.length > claimsBytesMax) return `they have ${value.length} bytes, more than ${claimsBytesMax}`
    const text = strictText(value)
    if (text === undefined || readClaims(text) === undefined) return 'they are no JSON object'
    const before = this.users.get(key)
    const bytes = this.bytes - bytesOf(key, before) + userBytes + key.length + value.length
    return bytes > this.options.bytesMax ? `CLAIMS_BYTES_MAX is ${this.options.bytesMax}, and all would take ${bytes}` : undefined
  }

  private replace(key: string, after: string | null | undefined, recordMs?: number): void {
    const before = this.users.get(key)
    if (before === after) return
    if (after === null && this.unusable >= unusableMax) return this.goBlind(key, recordMs)
    for (const [one, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      this.bytes += sign * bytesOf(key, one)
      if (one === null) this.unusable += sign
      if (one !== undefined) this.contents.toggle(key, one ?? '')
    }
    if (after === undefined) this.users.delete(key)
    else this.users.set(key, after)
    this.tell(key, recordMs)
  }

  /** From now on whoever is not known to be well has no rights, as nobody knows who the others are. */
  private goBlind(key: string, recordMs: number | undefined): void {
    const isNews = !this.isBlind
    this.isBlind = true
    this.replace(key, undefined, recordMs)
    if (!isNews) return
    this.options.log.error(
      { users: unusableMax },
      'More users have claims that cannot be used than are remembered: nobody else has rights.',
    )
    this.tell(undefined, recordMs)
  }

  private forgetMissing(): void {
    let forgotten = 0
    for (const key of this.isFilling ? [] : (this.missing ?? [])) {
      if (forgotten++ === forgottenInTickMax) return this.options.clock.nextTick(() => this.forgetMissing())
      this.missing!.delete(key)
      this.replace(key, undefined)
    }
    if (!this.isFilling) this.missing = undefined
  }

  private found(): void {
    this.isLost = false
    this.tell(undefined, undefined)
  }

  private tell(sub: string | undefined, recordMs: number | undefined): void {
    for (const changed of this.followers) changed(sub, recordMs)
  }

  private warn(sub: string, reason: string): void {
    const pace = this.pace.next()
    if (pace === 'skip') return
    const rest = pace === 'last' ? ' More of this minute are not told.' : ''
    this.options.log.error({ sub: sub.slice(0, 200), reason }, `Claims of a user cannot be used: the user has no rights.${rest}`)
  }
}

function bytesOf(key: string, text: string | null | undefined): number {
  return text === undefined ? 0 : userBytes + key.length + (text?.length ?? 0)
}
