import { test } from 'tap'
import { readMessage, type GapMessage, type UpdateMessage } from '#protocol/message.js'
import { FollowedEntity } from '#tools/cli/tail/followed-entity.js'
import { StatefulGateway, type StatefulClient } from '../../../support/gateway/stateful-gateway.js'

/** A tail of `order-1` of every type, unless another one is given, with all that it asks, shows and says. */
class Followed {
  readonly asked: object[] = []
  readonly shown: string[] = []
  readonly notices: string[] = []
  private readonly entity: FollowedEntity

  constructor(entityType?: string) {
    const shown = (message: UpdateMessage | GapMessage): void => void this.shown.push(described(message))
    this.entity = new FollowedEntity({ entityId: 'order-1', entityType, shown, notice: (line) => this.notices.push(line) })
  }

  connect(): object[] {
    this.asked.length = 0
    this.entity.connected((request) => this.asked.push(JSON.parse(JSON.stringify(request)) as object))
    return this.asked
  }

  /** The last ending that these messages lead to. */
  hear(...messages: Record<string, unknown>[]): unknown {
    return messages
      .map((message) => {
        const text = JSON.stringify({ entity_id: 'order-1', ...message })
        return this.entity.received(readMessage(text)!, text)
      })
      .at(-1)
  }

  get canResume(): boolean {
    return this.entity.canResume
  }
}

function described(message: UpdateMessage | GapMessage): string {
  if (message.type === 'gap') return `${message.missed} missing of ${message.entity_type}`
  return `${message.operation} ${message.entity_type} ${message.cursor ?? ''}`
}

const success = { type: 'subscription_success' }
const request = { type: 'subscribe', entity_id: 'order-1' }
const all = { ...request, snapshot: true }

function version(operation: string, entity_type: string, cursor?: string): Record<string, unknown> {
  return { type: 'entity_update', operation, entity_type, data: {}, cursor }
}

test('goes on with each type that was shown, and asks for those that come up meanwhile', async (t) => {
  const followed = new Followed()
  t.same(followed.connect(), [all])
  followed.hear(success, version('snapshot', 'order', 'o-1'), version('snapshot', 'parcel', 'p-1'), { type: 'snapshot_complete', count: 2 })
  followed.hear(version('update', 'order', 'o-2'))
  t.same(followed.connect(), [{ ...request, entity_type: 'order', since: 'o-2' }, { ...request, entity_type: 'parcel', since: 'p-1' }, all])
  followed.shown.length = 0
  followed.hear({ ...success, entity_type: 'order', resumed: true }, version('update', 'order', 'o-3'))
  followed.hear({ ...success, entity_type: 'parcel', resumed: true })
  followed.hear(success, version('snapshot', 'order', 'o-3'), version('snapshot', 'parcel', 'p-1'), version('snapshot', 'refund', 'r-1'))
  t.same(followed.shown, ['update order o-3', 'snapshot refund r-1'])
})

for (const entityType of [undefined, 'order']) {
  test(`shows what a gateway knows, then what was missed, each once (${entityType ?? 'any type'})`, async (t) => {
    const gateway = await StatefulGateway.start()
    const shown: string[] = []
    const notices: string[] = []
    const entity = new FollowedEntity({
      entityId: 'order-1',
      entityType,
      shown: (message) => void shown.push(message.type === 'gap' ? 'gap' : `${message.operation} ${String(message.data['status'])}`),
      notice: (line) => void notices.push(line),
    })
    const changed = async (client: StatefulClient, ...statuses: string[]): Promise<string[]> => {
      for (const status of statuses) gateway.write('order-1', { status })
      await gateway.settle()
      for (const text of client.transport.received.splice(0)) entity.received(readMessage(text)!, text)
      return shown.splice(0)
    }
    const connect = (): StatefulClient => {
      const client = gateway.connect()
      entity.connected((request) => client.ask(request))
      return client
    }
    const first = connect()
    t.same(await changed(first), [])
    t.same(await changed(first, 'NEW', 'PAID'), ['update NEW', 'update PAID'])
    first.leave()
    gateway.write('order-1', { status: 'PACKED' })
    gateway.write('order-1', { status: 'SHIPPED' })
    await gateway.settle()
    const second = connect()
    t.same(await changed(second), ['update PACKED', 'update SHIPPED'])
    t.same(await changed(second, 'DELIVERED'), ['update DELIVERED'])
    second.leave()
    t.same(await changed(connect()), [])
    const following = 'Following order-1. Ctrl-C ends.'
    const goingOn = 'Going on with order order-1: what happened meanwhile comes first.'
    const again = entityType === undefined ? [goingOn, following] : [goingOn]
    t.same(notices, [following, 'There is nothing to see of order-1 now.', ...again, ...again])
  })
}

test('asks for the latest version again of what was deleted', async (t) => {
  const followed = new Followed('order')
  followed.connect()
  followed.hear(success, version('snapshot', 'order', 'o-1'), version('delete', 'order', 'none'))
  t.notOk(followed.canResume)
  t.same(followed.connect(), [{ ...all, entity_type: 'order' }])
})

test('shows that updates were left out where they were', async (t) => {
  const followed = new Followed()
  followed.connect()
  followed.hear(
    success,
    version('update', 'order', 'o-1'),
    { type: 'gap', entity_type: 'order', missed: 3 },
    version('update', 'order', 'o-5'),
  )
  t.same(followed.shown, ['update order o-1', '3 missing of order', 'update order o-5'])
})

test('says that nothing can be seen where that is so', async (t) => {
  const followed = new Followed()
  followed.connect()
  followed.hear(success, { type: 'snapshot_complete', count: 0 })
  t.same(followed.notices, ['Following order-1. Ctrl-C ends.', 'There is nothing to see of order-1 now.'])
})

test('says once that the latest version is not known, and follows what changes', async (t) => {
  const followed = new Followed()
  followed.connect()
  for (const nth of [1, 2]) {
    if (nth === 2) t.same(followed.connect(), [request])
    else t.equal(followed.hear({ type: 'error', code: 'state_unavailable', message: 'Not known.' }), undefined)
    t.same(followed.asked.at(-1), request)
    followed.hear(success)
  }
  t.same(followed.notices, [
    'The latest version of order-1 is not known there: changes alone are shown.',
    'Following order-1. Ctrl-C ends.',
    'Following order-1. Ctrl-C ends.',
  ])
  followed.connect()
  t.match(followed.hear({ type: 'error', code: 'state_unavailable', message: 'Not known.' }), { mayPass: false })
})

test('tries again where a node has not read as far as what was shown', async (t) => {
  const followed = new Followed()
  followed.connect()
  followed.hear(success, version('update', 'order', 'o-1'))
  followed.connect()
  const ahead = { type: 'error', code: 'cursor_ahead', message: 'Later.', entity_type: 'order', retry_after_ms: 1000 }
  t.same(followed.hear(ahead), { kind: 'subscription_refused', message: 'Later.', mayPass: true })
})

test('does not end where one type of several cannot be followed any more', async (t) => {
  const followed = new Followed()
  followed.connect()
  followed.hear(success, version('update', 'order', 'o-1'))
  followed.connect()
  t.equal(followed.hear({ type: 'error', code: 'forbidden', message: 'No.', entity_type: 'order' }), undefined)
  t.same(followed.notices.at(-1), 'The server says: No.')
  t.match(followed.hear({ type: 'error', code: 'forbidden', message: 'No.' }), { mayPass: false })
})
