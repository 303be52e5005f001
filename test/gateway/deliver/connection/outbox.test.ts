import assert from 'node:assert/strict'
import { test } from 'tap'
import type { EntityRequest } from '#protocol/request.js'
import { StatefulGateway, type StatefulClient } from '../../../support/gateway/stateful-gateway.js'
import { fc } from '../../../support/running/seeded-properties.js'
import { fuzzRuns } from '../../../support/running/fuzz-runs.js'

const entityIds = ['order-1', 'order-2', 'order-3']

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ act: fc.constant('write' as const), entityId: fc.constantFrom(...entityIds), owner: fc.constantFrom('ann', 'ann', 'ben') },
      emailSize: fc.constantFrom(1, 1, 30_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('stall' as const, 'take' as const, 'drain' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('ask' as const),
      type: fc.constantFrom('subscribe' as const, 'unsubscribe' as const),
      entityId: fc.constantFrom(...entityIds),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What a client that puts in and takes out what it is told has of one entity, and what it is to be told of it. */
class Page {
  /** The latest version that the client is to be shown. */
  due = 0
  /** Whether it may see the latest one of all. */
  isVisible = false
  isSubscribed = false
  /** Whether the client has something, by what it was told; it counts as told of what it could see when it subscribed. */
  holds = false
  shown = 0
  /** How many events happened to what the client may see. */
  happened = 0
  /** How many it was told of, or told that it was not. */
  heard = 0

  write(n: number, isVisible: boolean): void {
    if (this.isSubscribed && (this.isVisible || isVisible)) this.happened++
    if (this.isSubscribed && isVisible) this.due = n
    this.isVisible = isVisible
  }

  hear({ type, operation, data, missed }: Record<string, unknown>): void {
    if (type === 'gap') {
      assert.ok(Number(missed) > 0, 'a gap counts something')
      this.heard += Number(missed)
    } else if (operation === 'delete') this.go()
    else this.apply(operation as string, Number((data as { status: string }).status))
  }

  private apply(operation: string, n: number): void {
    assert.equal(operation, this.holds ? 'update' : 'create')
    assert.ok(n > this.shown, 'nothing older comes after something newer')
    this.heard++
    this.shown = n
    this.holds = true
  }

  private go(): void {
    assert.ok(this.holds, 'only what is held goes')
    this.heard++
    this.holds = false
  }
}

/** One client that sees its own orders, beside the plain model of its page. */
class Run {
  private readonly pages = new Map(entityIds.map((entityId) => [entityId, new Page()]))
  private readonly client: StatefulClient
  private written = 0

  /** The first version of each is there, and belongs to somebody else. */
  static async start(gateway: StatefulGateway): Promise<Run> {
    for (const entityId of entityIds) gateway.write(entityId, { owner: 'ben' })
    await gateway.settle()
    return new Run(gateway)
  }

  private constructor(private readonly gateway: StatefulGateway) {
    this.client = gateway.connect({ roles: ['own'] })
    this.client.heard()
    for (const entityId of entityIds) this.ask('subscribe', entityId)
  }

  async take(one: Step): Promise<void> {
    const { transport } = this.client
    if (one.act === 'write') this.write(one)
    else if (one.act === 'ask') this.ask(one.type, one.entityId)
    else if (one.act === 'stall') Object.assign(transport, { reads: false, buffered: 70_000 })
    else if (one.act === 'drain') this.client.drain()
    else {
      // As much as the kernel has room for now, and no more.
      this.client.drain()
      transport.reads = false
    }
    await this.gateway.settle()
  }

  /** In the order in which it was sent: after an answer nothing comes of what was before. */
  listen(): void {
    for (const message of this.client.heard()) {
      const page = this.pages.get(String(message['entity_id']))
      if (message['type'] === 'entity_update' || message['type'] === 'gap') page?.hear(message)
      if (message['type'] === 'unsubscription_success') this.checkSettled(page!, 'before the answer')
      if (message['type'] === 'subscription_success') page!.holds = this.heldBy.shift() ?? page!.holds
    }
  }

  async end(): Promise<void> {
    this.client.drain()
    await this.gateway.settle()
    this.listen()
    assert.equal(this.client.transport.closedWith, undefined)
    for (const page of this.pages.values()) {
      if (!page.isSubscribed) continue
      assert.equal(page.holds, page.isVisible)
      assert.equal(page.heard, page.happened, 'each event is told, or counted by a gap')
      // What is owed when an entity is left may be told by a version that comes behind that.
      if (page.holds) assert.ok(page.shown >= page.due)
    }
  }

  /** What the client could see when each of its subscriptions arrived. */
  private readonly heldBy: boolean[] = []
  /** What had happened when each of its unsubscriptions arrived. */
  private readonly happenedBy: number[] = []

  private ask(type: 'subscribe' | 'unsubscribe', entityId: string): void {
    const page = this.pages.get(entityId)!
    if (page.isSubscribed === (type === 'subscribe')) return
    page.isSubscribed = type === 'subscribe'
    if (type === 'subscribe') this.heldBy.push(page.isVisible)
    else this.happenedBy.push(page.happened)
    const request: EntityRequest = { type, entity_id: entityId }
    this.client.ask(request)
  }

  private checkSettled(page: Page, when: string): void {
    assert.equal(page.heard, this.happenedBy.shift(), when)
  }

  private write({ entityId, owner, emailSize }: Extract<Step, { act: 'write' }>): void {
    this.gateway.write(entityId, { owner, status: String(++this.written), email: 'x'.repeat(emailSize) })
    this.pages.get(entityId)!.write(this.written, owner === 'ann')
  }
}

test('who cannot be written to is told by the latest version at last, and how many it was not told of', async (t) => {
  let gaps = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const gateway = await StatefulGateway.start()
      const run = await Run.start(gateway)
      for (const one of steps) {
        await run.take(one)
        run.listen()
      }
      await run.end()
      gaps += gateway.meter.gaps
    }),
    { numRuns: fuzzRuns(150) },
  )
  t.ok(gaps > 0, 'gaps are met', { gaps })
})
