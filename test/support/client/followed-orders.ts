import { isDeepStrictEqual } from 'node:util'
import { WebSocket } from 'ws'
import type { Change, EntityState, Store } from '#client/api.js'
import { exactJson } from '#client/exact.js'
import { SluiceClient } from '#client/sluice-client.js'
import { visibleBy, type OrderRights, type OrderUser } from '../gateway/changing-rights.js'
import { signedToken } from '../gateway/tokens.js'
import type { WrittenOrders, WrittenVersion } from '../kafka/written-orders.js'
import { FollowedList, type ListFilter } from './followed-list.js'
import { WatchedChanges } from './watched-changes.js'

const tokenSeconds = 4
/** All, some by what everybody sees, and some by what not all may see. */
const filters: readonly ListFilter[] = [{}, { status: 'PAID' }, { owner: 'owner-1' }]
let tokens = 0

interface Followed {
  readonly id: string
  readonly store: Store<EntityState<unknown>>
  readonly called: WatchedChanges
  readonly iterated: WatchedChanges
}

/** A client of the library that follows orders in each way there is, and is held to what may be seen. */
export class FollowedOrders {
  readonly faults: string[] = []
  readonly met = { resumed: 0, notResumed: 0, missed: 0, renewed: 0, absent: 0 }
  readonly client: SluiceClient
  /** What may be in force until it is known what is: the last one for certain once all is quiet. */
  rights: OrderRights[]
  /** Whose token was given last, and whose the server is known to have. */
  private given: OrderUser | undefined
  private taken: OrderUser | undefined
  private readonly all: readonly Followed[]
  private readonly lists: readonly FollowedList[]

  constructor(
    url: string,
    readonly name: string,
    private readonly entityType: string,
    ids: readonly string[],
    rights: OrderRights,
    private readonly orders: WrittenOrders,
    Client = SluiceClient,
  ) {
    this.rights = [rights]
    this.client = new Client(url, {
      token: () => this.token(),
      WebSocket,
      parse: exactJson('string'),
      backoff: { leastMs: 30, mostMs: 300 },
    })
    this.client.on('resumed', ({ resumed }) => this.met[resumed ? 'resumed' : 'notResumed']++)
    this.client.on('token_renewed', () => {
      this.met.renewed++
      this.taken = this.given
    })
    this.client.state.subscribe(({ status }) => status === 'live' && (this.taken = this.given))
    this.all = ids.map((id) => this.follow(id))
    this.lists = filters.map((where) => this.list(where))
  }

  get now(): OrderRights {
    return this.rights.at(-1)!
  }

  /** Of a policy and a user that change at once either may count first. */
  mayBe(rights: Partial<OrderRights>): void {
    this.rights.push(...this.rights.map((one) => ({ ...one, ...rights })))
  }

  /** What it holds otherwise than it should; nothing once all has arrived. */
  wrongs(latestOf: (id: string) => WrittenVersion | undefined): string[] {
    if (!isDeepStrictEqual(this.taken, this.now.user)) return [`${this.name}: its token is not known to be taken`]
    const visible = new Map(this.orders.ids.map((id) => [id, visibleBy(this.now, latestOf(id)?.order ?? null)]))
    const lists = this.lists.flatMap((list) => list.wrong(visible) ?? []).map((wrong) => `${this.name} list ${wrong}`)
    const orders = this.all.flatMap(({ id, store, called, iterated }) => {
      const expected = visibleBy(this.now, latestOf(id)?.order ?? null)
      const { status, data } = store.getSnapshot()
      const held = { store: [status, data], called: called.shown, iterated: iterated.shown }
      const wanted = { store: [expected === undefined ? 'absent' : 'live', expected], called: expected, iterated: expected }
      return isDeepStrictEqual(held, wanted) ? [] : [`${this.name} ${id}: ${JSON.stringify(held)} instead of ${JSON.stringify(wanted)}`]
    })
    return [...orders, ...lists]
  }

  /** All is as it was wished last: from now on nothing else may be seen. */
  settle(): void {
    this.rights = [this.now]
  }

  private async token(): Promise<string> {
    const { user } = this.now
    const exp = Math.floor(Date.now() / 1000) + tokenSeconds
    const token = await signedToken({ sub: user.sub, roles: [user.role], jti: String(tokens++), exp })
    // To sign takes turns of the loop, in which the client does not have the token yet.
    const isOther = this.given !== undefined && this.given.sub !== user.sub
    this.given = user
    if (isOther) setImmediate(() => this.checkForgotten())
    return token
  }

  /** The token of another user is known, and no answer to it can have come. While the link waits, a token is not taken. */
  private checkForgotten(): void {
    if (this.client.state.getSnapshot().status === 'waiting') return
    for (const { id, store } of this.all)
      if (store.getSnapshot().data !== undefined) this.faults.push(`${this.name} ${id}: what another user was shown`)
    for (const list of this.lists)
      if (!list.isEmpty) this.faults.push(`${this.name} ${JSON.stringify(list.where)}: what another user was shown`)
  }

  private follow(id: string): Followed {
    const { client, entityType } = this
    const isDue = (n: number) => this.rights.every((rights) => visibleBy(rights, this.orders.of(id)[n]!.order) !== undefined)
    const [called, iterated] = [new WatchedChanges(isDue), new WatchedChanges(isDue)]
    const store = client.entity(entityType, id)
    store.subscribe((state) => {
      if (state.status === 'absent') this.met.absent++
      if (state.status === 'live' || state.status === 'stale') this.check(`store ${state.status}`, id, state.data, state.timestamp)
    })
    const take = (watched: WatchedChanges, how: string, change: Change<Record<string, unknown>>) => {
      const version = change.data === undefined ? undefined : this.check(how, id, change.data, change.timestamp)
      if (change.missed !== undefined) this.met.missed++
      watched.take(change, version?.n)
      this.faults.push(...watched.faults.splice(0).map((fault) => `${this.name} ${how} ${id}: ${fault}`))
    }
    const fail = (error: unknown) => this.faults.push(`${this.name} ${id}: ${String(error)}`)
    const changes = client.subscribe(entityType, id, { snapshot: true })
    changes.subscribe({ next: (change) => take(called, 'callback', change), error: fail })
    void (async () => {
      for await (const change of client.subscribe(entityType, id, { snapshot: true })) take(iterated, 'iterator', change)
    })().catch(fail)
    return { id, store, called, iterated }
  }

  private list(where: ListFilter): FollowedList {
    const shown = (id: string, data: unknown, timestamp?: string) => {
      if (timestamp !== undefined) this.check('list', id, data, timestamp)
      else if (!this.orders.of(id).some(({ order }) => this.rights.some((rights) => isDeepStrictEqual(data, visibleBy(rights, order)))))
        this.faults.push(`${this.name} list ${id}: ${JSON.stringify(data)} by ${JSON.stringify(this.rights)}`)
    }
    return new FollowedList(this.client, this.entityType, where, shown, () => this.met.missed++)
  }

  /** Nothing is shown but what rights of the moment permit, of a version that somebody wrote. */
  private check(how: string, id: string, data: unknown, timestamp: string | undefined): WrittenVersion | undefined {
    const version = this.orders.at(timestamp)
    if (version === undefined) this.faults.push(`${this.name} ${how} ${id}: a version of ${timestamp} that nobody wrote`)
    else if (!this.rights.some((rights) => isDeepStrictEqual(data, visibleBy(rights, version.order))))
      this.faults.push(`${this.name} ${how} ${id}: ${JSON.stringify(data)} by ${JSON.stringify(this.rights)}`)
    return version
  }
}
