import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { ConnectionHub } from '#gateway/deliver/connection-hub.js'
import { ConnectionFixture, identity } from '../support/gateway/connection-fixture.js'
import { fakeEvent } from '../support/gateway/fake-rights.js'
import { HeldPolicy } from '../support/gateway/held-policy.js'
import { FakeTransport } from '../support/gateway/fake-transport.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

const shows = (subject: string, conditions?: object) => ({ action: 'read', subject, fields: ['**'], ...(conditions && { conditions }) })
const policies = [
  [shows('order'), shows('parcel')],
  [shows('order')],
  [shows('order', { id: '1' }), shows('parcel')],
  [shows('parcel', { id: '2' })],
].map((rules) => parsePolicy(JSON.stringify({ roles: { all: rules } })))

/** Of all connections: two or three that do not read reach it. */
const bytesMax = 150_000

const client = fc.nat(5)
const entityType = fc.constantFrom('order', 'parcel')
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ act: fc.constant('deliver' as const), entityType, ticks: fc.nat(2) },
      size: fc.oneof(fc.nat(500), fc.integer({ min: 1_000, max: 40_000 })),
      operation: fc.constantFrom('update' as const, 'delete' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('connect' as const), client, isBatch: fc.boolean(), expires: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('stall' as const, 'drain' as const, 'leave' as const), client }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('ask' as const), client, times: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('policy' as const), policy: fc.nat(policies.length - 1), ticks: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stop' as const), entityType }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.nat(3_000) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Client {
  readonly transport: FakeTransport
  readonly connection: AcceptedConnection
  isGone: boolean
}

/** The frames in the backlog: looked at from outside, as nothing asks for them but this test. */
function waitingIn(connection: AcceptedConnection): { readonly size: number }[] {
  const { backlog } = connection as unknown as { backlog: { messages: { size: number }[]; head: number } }
  return backlog.messages.slice(backlog.head)
}

class Run {
  readonly fixture = new ConnectionFixture({ mailboxBytesMax: 60_000, mailboxesBytesMax: bytesMax, frameOutBytesMax: 30_000 })
  readonly clients: (Client | undefined)[] = []
  private readonly all: Client[] = []
  private readonly policy = new HeldPolicy(policies[0]!)
  private readonly hub = new ConnectionHub({
    ...this.fixture.context,
    ...{ index: this.fixture.index, policy: this.policy, connectionsMax: 100, connectionsPerSubMax: 100, socketsMax: 200 },
  })
  private time = 1_000

  /** With clients of which half do not read. */
  constructor() {
    for (const client of [0, 1, 2, 3]) {
      this.connect({ act: 'connect', client, isBatch: client === 3, expires: false })
      if (client < 2) this.clients[client]!.transport.reads = false
    }
  }

  async take(step: Step): Promise<void> {
    const { fixture, hub } = this
    if (step.act === 'deliver') this.deliver(step)
    else if (step.act === 'connect') this.connect(step)
    else if (step.act === 'policy') {
      this.policy.replaceBy(policies[step.policy]!)
      for (let n = 0; n < step.ticks; n++) fixture.clock.tick()
    } else if (step.act === 'stop') hub.tellStopped(step.entityType)
    else if (step.act === 'wait') await fixture.clock.advance(step.ms)
    else this.act(step)
  }

  /** What is wrong with the account; undefined where nothing is. */
  fault(): string | undefined {
    const { meter } = this.fixture
    const there = this.all.filter(({ isGone }) => !isGone)
    const waiting = new Set(there.flatMap(({ connection }) => waitingIn(connection)))
    const mailboxBytes = [...waiting].reduce((sum, { size }) => sum + size, 0)
    if (meter.mailboxBytes !== mailboxBytes) return `${meter.mailboxBytes} bytes are counted in mailboxes, ${mailboxBytes} wait`
    const socketBytes = there.reduce((sum, { transport }) => sum + transport.buffered, 0)
    if (meter.socketBytes !== socketBytes) return `${meter.socketBytes} bytes are counted in sockets, ${socketBytes} are there`
    if (mailboxBytes + socketBytes > bytesMax) return `${mailboxBytes + socketBytes} bytes wait`
    return undefined
  }

  /** Everybody leaves: nothing may be left. */
  end(): string | undefined {
    for (const one of this.all) this.leave(one)
    const { mailboxBytes, socketBytes, subscriptions } = this.fixture.meter
    return mailboxBytes === 0 && socketBytes === 0 && subscriptions === 0 ? this.fault() : 'something is counted, and nobody is there'
  }

  private deliver({ entityType, size, operation, ticks }: Extract<Step, { act: 'deliver' }>): void {
    const json = { id: '1', filler: 'x'.repeat(size) }
    this.fixture.deliver(fakeEvent({ entityType, operation, json, timestampMs: this.time++ }))
    for (let n = 0; n < ticks; n++) this.fixture.clock.tick()
  }

  private connect({ client: nth, isBatch, expires }: Extract<Step, { act: 'connect' }>): void {
    const transport = new FakeTransport()
    const expiresAtMs = expires ? this.fixture.clock.now() + 2_000 : Number.MAX_SAFE_INTEGER
    const subprotocol = isBatch ? ('sluice.v1.batch' as const) : undefined
    const who = identity({ sub: `user-${nth}`, roles: ['all'], expiresAtMs, subprotocol })
    const connection = this.hub.accept(who, transport)
    this.clients[nth] = { transport, connection, isGone: false }
    this.all.push(this.clients[nth])
    connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  }

  private act(step: Extract<Step, { client: number; act: 'stall' | 'drain' | 'leave' | 'ask' }>): void {
    const one = this.clients[step.client]
    if (one === undefined || one.isGone) return
    if (step.act === 'stall') one.transport.reads = false
    else if (step.act === 'leave') this.leave(one)
    else if (step.act === 'drain') {
      one.transport.drain()
      // One that is closing ends when its last bytes are out, and its connection hears of that alone.
      if (one.transport.closedWith === undefined) one.connection.drained()
      else this.leave(one)
    } else if ('times' in step)
      for (let n = 0; n < step.times; n++) one.connection.receiveText(`{"type":"subscribe","entity_id":"${'e'.repeat(200)}"}`)
  }

  /** As of a socket: the last bytes of one that is closed may be there for a while, and it goes at once where there are none, or it is cut off. */
  seeOffTheClosed(): void {
    for (const one of this.all) if (one.transport.closedWith !== undefined && one.transport.buffered === 0) this.leave(one)
  }

  private leave(one: Client): void {
    if (one.isGone) return
    one.isGone = true
    one.connection.closed(one.transport.closedWith?.code ?? 1000, one.transport.closedWith !== undefined)
  }
}

test('the bytes that wait for all clients are counted as they are, and bounded, whatever is sent, read, closed and taken back', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const run = new Run()
      for (const one of steps) {
        await run.take(one)
        const fault = run.fault()
        if (fault !== undefined) throw new Error(fault)
        run.seeOffTheClosed()
      }
      const left = run.end()
      if (left !== undefined) throw new Error(left)
    }),
    { numRuns: fuzzRuns(150) },
  )
  t.end()
})
