import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Clock } from '#clock.js'
import type { AdminToken, Right } from '#config/admin-tokens.js'
import type { Log } from '#log.js'
import { type AdminRefusal, type AdminRequest, type AdminRoute, jsonAnswer } from '#gateway/observe/admin-answer.js'
import { refusal } from './refusal.js'

// Decides who may look at the console, and who may do something there. Enters: a request. Leaves: whose token it has; or a refusal.

export interface GuardOptions {
  readonly tokens: readonly AdminToken[]
  /** Names by which the admin port is asked, besides `localhost` and addresses. */
  readonly hosts: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

/**
 * Wrong tokens of one address in a minute, after which it is not listened to for the rest of it. The right token is not either: were it let
 * in, each guess would be told whether it is right, at any pace. 32 bytes keep random tokens safe from that, and people choose texts, too.
 */
const wrongMax = 5
const minuteMs = 60_000
/** Of which wrong tokens are counted; others share one count. */
const addressesMax = 1000

export class Guard {
  private known: readonly { readonly admin: AdminToken; readonly hash: Buffer }[] = []
  private readonly wrong = new Map<string, number>()
  private minute = 0

  constructor(private readonly options: GuardOptions) {
    this.know(options.tokens)
  }

  /** From now on these are the tokens that count. */
  know(tokens: readonly AdminToken[]): void {
    this.known = tokens.map((admin) => ({ admin, hash: hashOf(admin.token) }))
  }

  /**
   * Pages of other sites that have a name of theirs lead here (DNS rebinding) ask under that name.
   * @throws AdminRefusal
   */
  checkHost({ headers: { host = '' } }: AdminRequest): void {
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
    const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0
    if (!isAddress && name !== 'localhost' && !this.options.hosts.includes(name)) throw refusal('host_unknown')
  }

  /** @throws AdminRefusal */
  admit(request: AdminRequest, right: Right): AdminToken {
    this.checkHost(request)
    const { authorization = '' } = request.headers
    const token = /^Bearer (.+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw refusal('token_missing')
    const admin = this.adminOf(token, request)
    if (!admin.rights.has(right)) throw refusal('right_missing', `This token has not the right "${right}".`)
    return admin
  }

  /** A route whose answer is for whoever may view. */
  viewed(answer: (request: AdminRequest, admin: AdminToken) => object | Promise<object>): AdminRoute {
    return async (request) => jsonAnswer(200, await answer(request, this.admit(request, 'view')))
  }

  /** As `admit`, of a request that changes something. @throws AdminRefusal */
  admitChange(request: AdminRequest): AdminToken {
    return this.admitPost(request, 'act')
  }

  /** As `admit`, of a request that brings something: only a page of this port may send it. @throws AdminRefusal */
  admitPost(request: AdminRequest, right: Right): AdminToken {
    const admin = this.admit(request, right)
    const { origin, host, 'content-type': type = '', 'sec-fetch-site': site } = request.headers
    const isOwn = origin === undefined ? site === 'same-origin' : URL.canParse(origin) && new URL(origin).host === host
    if (!isOwn) throw refusal('origin_foreign')
    if (!/^application\/json\b/i.test(type)) throw refusal('not_json')
    return admin
  }

  private adminOf(token: string, { address }: AdminRequest): AdminToken {
    this.beginMinute()
    const from = this.wrong.has(address) || this.wrong.size < addressesMax ? address : ''
    const wrong = this.wrong.get(from) ?? 0
    if (wrong >= wrongMax) throw this.deaf()
    const hash = hashOf(token)
    const found = this.known.filter((one) => timingSafeEqual(one.hash, hash))[0]
    if (found !== undefined) return found.admin
    this.wrong.set(from, wrong + 1)
    this.options.log.warn({ address }, 'A wrong token was shown to the console.')
    throw refusal('token_wrong')
  }

  private deaf(): AdminRefusal {
    const left = Math.ceil((minuteMs - (this.options.clock.monotonicMs() % minuteMs)) / 1000)
    const message = `Too many wrong tokens came from this address. None of it is looked at for ${left} s, the right one neither.`
    return refusal('too_many_wrong_tokens', message, { 'Retry-After': String(left) })
  }

  private beginMinute(): void {
    const minute = Math.floor(this.options.clock.monotonicMs() / minuteMs)
    if (minute === this.minute) return
    this.minute = minute
    this.wrong.clear()
  }
}

/** Of one length, so that comparing takes one time. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
