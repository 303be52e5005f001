import { test } from 'tap'
import { isDeepStrictEqual } from 'node:util'
import type { Change, Collection, CollectionState, EntityState, Store } from '#client/api.js'
import { Client } from '#client/client.js'
import { v1Dialect } from '#client/v1-dialect.js'
import type { TestEntities } from '../support/client/client-fixture.js'
import { SimulatedServer, type Rights } from '../support/client/simulated-server.js'
import { SimulatedSurroundings } from '../support/client/simulated-surroundings.js'
import { WatchedChanges } from '../support/client/watched-changes.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

// A client and a server that keeps the protocol's promises, on a network that does not, with a clock that stands still until it is told to go on.

const ids = ['o1', 'o2', 'o3']
const idOf = fc.constantFrom(...ids)

/** What happens, in one word and what it needs. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('change' as const), id: idOf, isThere: fc.nat(5).map((n) => n > 0) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.constantFrom(1, 10, 100, 1000, 5000, 40_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('cut' as const),
      code: fc.constantFrom(1006, 1006, 1001, 1011, 4000, 4001, 4002, 4003, 4004),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom('kill' as const, 'forget' as const, 'anew' as const, 'sleep' as const, 'online' as const, 'offline' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('page' as const),
      event: fc.constantFrom('pagehide', 'pageshow', 'visible', 'hidden', 'resume'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('rights' as const), rights: fc.constantFrom<Rights>('none', 'some', 'all', 'all') }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('slow' as const), ms: fc.constantFrom(0, 5, 300, 2000) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('move' as const), ms: fc.constantFrom(0, 5000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('listen' as const),
      id: idOf,
      how: fc.constantFrom('store', 'callback', 'iterator', 'thrower', 'nested'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('list' as const), where: fc.constantFrom({}, { isOdd: true }), isStream: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leave' as const), index: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('pull' as const), index: fc.nat(10), count: fc.nat(4) }) },
)
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never

class Page {
  readonly world: SimulatedSurroundings
  readonly server: SimulatedServer
  readonly client: Client<TestEntities>
  readonly stores: { readonly id: string; readonly store: Store<EntityState<unknown>>; isLeft: boolean; stop: () => void }[] = []
  readonly streams: {
    readonly id: string
    readonly watched: WatchedChanges
    isLeft: boolean
    stop: () => unknown
    pull: () => Promise<unknown>
  }[] = []
  readonly lists: WatchedList[] = []
  readonly faults: string[] = []
  gaps = 0

  constructor(seed: number) {
    this.world = new SimulatedSurroundings(randomFrom(seed))
    this.server = new SimulatedServer(this.world)
    this.client = new Client<TestEntities>(
      'ws://gateway',
      { token: () => `ann.${this.world.nowMs()}`, whenHidden: 'pause' },
      v1Dialect,
      this.world,
    )
    this.client.on('resumed', ({ resumed }) => (this.gaps += resumed ? 0 : 1))
  }

  async happen(event: Happening): Promise<void> {
    const { server, world } = this
    const { connection } = server
    if (event.what === 'change') server.change(event.id, event.isThere)
    if (event.what === 'pass') await this.pass(event.ms)
    if (event.what === 'cut') connection?.end(event.code)
    if (event.what === 'kill' && connection) connection.isDead = true
    if (event.what === 'forget') server.forgetVersions()
    if (event.what === 'anew') server.snapshotCollections()
    if (event.what === 'list')
      this.lists.push(new WatchedList(this.client.collection('order', { where: event.where }), event.where, event.isStream))
    if (event.what === 'sleep') world.sleep(3_600_000)
    if (event.what === 'online' || event.what === 'offline') world.page?.(event.what)
    if (event.what === 'page') world.page?.(event.event)
    if (event.what === 'rights') server.setRights(event.rights)
    if (event.what === 'slow') server.delayMs = event.ms
    if (event.what === 'move') connection?.say({ type: 'reconnect', within_ms: event.ms })
    if (event.what === 'listen') this.listen(event.id, event.how)
    if (event.what === 'leave') [...this.stores, ...this.streams, ...this.lists][event.index]?.stop()
    if (event.what === 'pull') for (let n = 0; n < event.count; n++) await this.streams[event.index]?.pull()
    world.settle()
    await Promise.resolve()
    this.check()
  }
  /** All is well again, and time passes. */
  async heal(): Promise<void> {
    const { server, world } = this
    server.delayMs = 5
    for (const event of ['pageshow', 'visible', 'online'] as const) world.page?.(event)
    await this.pass(200_000)
    server.setRights('some')
    // What was refused is asked for again after two minutes at most.
    await this.pass(125_000)
    for (const { pull } of this.streams) for (let n = 0; n < 4; n++) await pull()
    this.check()
    if (server.floods > 0) this.faults.push('flooded')
    for (const { id, store, isLeft } of this.stores) {
      const { status, data } = store.getSnapshot()
      if (isLeft) continue
      const shown = server.shownOf(id)
      const expected = shown === undefined ? ['absent', undefined] : ['live', shown]
      if (JSON.stringify([status, data]) !== JSON.stringify(expected))
        this.faults.push(`store ${id}: ${status} ${JSON.stringify(data)} instead of ${JSON.stringify(expected)}`)
    }
    for (const list of this.lists) this.faults.push(...list.faultsAgainst(server))
    for (const { id, watched, isLeft } of this.streams)
      if (!isLeft && JSON.stringify(watched.shown) !== JSON.stringify(server.shownOf(id)))
        this.faults.push(`stream ${id}: ${JSON.stringify(watched.shown)} instead of ${JSON.stringify(server.shownOf(id))}`)
  }

  /** Nothing is left behind. */
  async end(): Promise<void> {
    for (const { stop } of [...this.stores, ...this.streams]) stop()
    for (const list of this.lists) list.stop()
    await this.pass(20_000)
    const { status } = this.client.state.getSnapshot()
    if (status !== 'idle' || this.world.timerCount > 0) this.faults.push(`${status} with ${this.world.timerCount} timers`)
  }

  private async pass(ms: number): Promise<void> {
    const endMs = this.world.nowMs() + ms
    for (;;) {
      this.world.settle()
      for (let n = 0; n < 5; n++) await Promise.resolve()
      const { nextDueMs } = this.world
      this.world.advance(Math.max(0, Math.min(nextDueMs, endMs) - this.world.nowMs()))
      if (nextDueMs > endMs) return
    }
  }

  private listen(id: string, how: string): void {
    const { client } = this
    if (how === 'store') {
      const store = client.entity('order', id) as Store<EntityState<unknown>>
      const entry = { id, store, isLeft: false, stop: (): void => undefined }
      const stop = store.subscribe(() => undefined)
      entry.stop = () => {
        entry.isLeft = true
        stop()
      }
      this.stores.push(entry)
      return
    }
    const watched = new WatchedChanges()
    const entry = { id, watched, isLeft: false, stop: (): unknown => undefined, pull: (): Promise<unknown> => Promise.resolve() }
    const subscription = client.subscribe('order', id, { snapshot: true, queueMax: 3 })
    const fail = (): void => void (entry.isLeft = true)
    if (how === 'iterator') {
      const iterator = subscription[Symbol.asyncIterator]()
      let isPulling = false
      entry.isLeft = true
      entry.pull = async () => {
        if (isPulling) return
        isPulling = true
        let hasWaited = false
        void iterator.next().then(({ value, done }) => {
          isPulling = false
          if (done === true) return
          if (!hasWaited) this.checkRights(value.data, `iterator ${id}`)
          watched.take(value, versionIn(value))
        }, fail)
        for (let n = 0; n < 3; n++) await Promise.resolve()
        hasWaited = true
      }
      entry.stop = () => iterator.return?.()
    } else {
      const stop = subscription.subscribe({
        next(change) {
          watched.take(change, versionIn(change))
          if (how === 'thrower') throw new Error('a listener throws')
          if (how === 'nested') client.entity('invoice', 'i1').subscribe(() => undefined)()
        },
        error: fail,
      })
      entry.stop = () => {
        entry.isLeft = true
        stop()
      }
    }
    this.streams.push(entry)
  }

  private check(): void {
    if (this.world.sockets.filter(({ isClosed, hasEnded }) => !isClosed && !hasEnded).length > 1) this.faults.push('two sockets')
    for (const { id, store } of this.stores) this.checkRights(store.getSnapshot().data, `store ${id}`)
    for (const list of this.lists) {
      this.faults.push(...list.faults.splice(0))
      // A list that is old is put right by the end of its snapshot.
      if (list.status === 'live') this.checkRights([...list.shown], 'list')
    }
    for (const { watched } of this.streams) {
      this.faults.push(...watched.faults.splice(0))
      if (watched.unresumedCount > this.gaps) this.faults.push('missed is told twice')
    }
  }

  /** Nothing is held that the client has been told to be hidden. */
  private checkRights(data: unknown, where: string): void {
    const rights = this.server.connection?.isOver === false ? this.server.connection.toldRights : undefined
    const text = JSON.stringify(data ?? '')
    if ((rights === 'some' && text.includes('canary')) || (rights === 'none' && text.includes('"n"')))
      this.faults.push(`${where}: ${text} with rights to ${rights}`)
  }
}

/** A list as its store shows it, or as whoever follows its changes has it. */
class WatchedList {
  readonly faults: string[] = []
  isLeft = false
  private readonly followed = new Map<string, unknown>()
  private last: CollectionState<unknown>
  private readonly end: () => void

  constructor(
    private readonly collection: Collection<TestEntities>,
    private readonly where: object,
    private readonly isStream: boolean,
  ) {
    this.last = collection.getSnapshot()
    this.end = isStream
      ? collection.changes().subscribe({ next: (change) => this.follow(change), error: () => (this.isLeft = true) })
      : collection.subscribe((state) => this.compare(state))
  }

  /** Of a stream nothing is said of what it knows. */
  get status(): string {
    return this.isStream ? 'waiting' : this.collection.getSnapshot().status
  }

  get shown(): ReadonlyMap<string, unknown> {
    return this.isStream ? this.followed : this.collection.getSnapshot().rows
  }

  stop(): void {
    this.isLeft = true
    this.end()
  }

  faultsAgainst(server: SimulatedServer): string[] {
    if (this.isLeft) return []
    const expected = server.listOf(JSON.stringify(this.where))
    const isRight = isDeepStrictEqual(this.shown, expected) && (this.isStream || this.status === 'live')
    const text = (rows: ReadonlyMap<string, unknown>) => JSON.stringify([...rows])
    return isRight ? [] : [`list: ${this.status} ${text(this.shown)} instead of ${text(expected)}`]
  }

  private follow({ entityId, operation, data }: Change<TestEntities>): void {
    if (operation !== 'delete') this.followed.set(entityId, data)
    else if (!this.followed.delete(entityId)) this.faults.push(`a delete of ${entityId}, which was not there`)
  }

  /** What has not changed is the same object. */
  private compare(state: CollectionState<unknown>): void {
    for (const [id, row] of state.rows)
      if (this.last.rows.get(id) !== row && isDeepStrictEqual(this.last.rows.get(id), row)) this.faults.push(`another object for ${id}`)
    const isNews = state.status === 'failed' || state.missed !== undefined
    if (this.last !== state && !isNews && isDeepStrictEqual(this.last, state)) this.faults.push('another state that says the same')
    this.last = state
  }
}

test('a page is right after whatever happens, and what it missed is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(happening, { minLength: 30, maxLength: 100, size: 'max' }), async (seed, events) => {
      const page = new Page(seed)
      for (const how of ['store', 'callback', 'iterator'] as const) await page.happen({ what: 'listen', id: 'o1', how })
      for (const event of events) {
        await page.happen(event)
        if (page.faults.length > 0) break
      }
      await page.heal()
      await page.end()
      if (page.faults.length > 0) throw new Error(page.faults.join('; '))
    }),
    { numRuns: fuzzRuns(150), endOnFailure: false },
  )
})

function versionIn({ data }: Change<TestEntities, 'order'>): number | undefined {
  return (data as { n: number } | undefined)?.n
}

/** Mulberry32: small, and good enough. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
