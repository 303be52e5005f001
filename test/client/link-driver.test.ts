import { test } from 'tap'
import { clientFixture, grant, requestsOf, update } from '../support/client/client-fixture.js'

test('a server that says rubbish is left and tried again, and what is not known is passed over', async (t) => {
  const frames = [
    '',
    'no json',
    '{"type":"entity_up',
    '[1]',
    'null',
    '{"type":"entity_update","entity_id":"o1","entity_type":"order","data":5}',
  ]
  for (const frame of frames) {
    const { client, world, live } = clientFixture()
    client.entity('order', 'o1').subscribe(() => undefined)
    const socket = live()
    socket.receive({ type: 'news_of_a_later_server' }, { type: 'subscription_success', ref: 99 }, update('else', { n: 1 }, 'c1'), {})
    t.equal(client.state.getSnapshot().status, 'live')
    socket.receiveText(frame)
    world.settle()
    t.match(client.state.getSnapshot(), { status: 'waiting', end: { name: 'lost' } }, frame)
    t.ok(socket.isClosed)
  }
})

test('waits an hour at most, and an hour where it must', async (t) => {
  const { client, world } = clientFixture()
  client.entity('order', 'o1').subscribe(() => undefined)
  world.settle()
  world.socket.receive({ type: 'error', message: '', code: 'starting', retry_after_ms: 365 * 86_400_000 })
  world.socket.end(4005)
  world.page?.('online')
  world.advance(3_599_999)
  t.equal(world.sockets.length, 1)
  world.advance(1000)
  t.equal(world.sockets.length, 2)
})

test('asks a subscription again that the server has put off, and takes a plain one where no state is known', async (t) => {
  const { client, world, live } = clientFixture()
  client.entity('order', 'o1').subscribe(() => undefined)
  const socket = live()
  const refuse = (code: string, more = {}) =>
    socket.receive({ type: 'error', message: '', code, ref: requestsOf(socket, 'subscribe').at(-1)?.['ref'], entity_id: 'o1', ...more })
  refuse('cursor_ahead', { retry_after_ms: 1000 })
  world.advance(2000)
  t.equal(requestsOf(socket, 'subscribe').length, 2)
  refuse('state_unavailable')
  world.settle()
  t.same(requestsOf(socket, 'subscribe').at(-1), { type: 'subscribe', entity_id: 'o1', entity_type: 'order', ref: 3 })
  grant(socket)
  socket.receive(update('o1', { n: 1 }, 'c1'))
  t.match(client.entity('order', 'o1').getSnapshot(), { status: 'live', data: { n: 1 } })
})

test('says once, and only where it is so, that a number has lost digits', async (t) => {
  const { client, live } = clientFixture()
  const lost: unknown[] = []
  client.on('digits_lost', (event) => lost.push(event))
  client.subscribe('order', 'o1').subscribe(() => undefined)
  const socket = live()
  const data = (text: string) =>
    socket.receiveText(`{"type":"entity_update","entity_id":"o1","entity_type":"order","operation":"update","data":${text}}`)
  data('{"text":"9007199254740993","exact":9007199254740992,"double":100000000000000000000,"fraction":0.1234567890123456}')
  t.same(lost, [])
  data('{"a":[{"n":9007199254740993}]}')
  data('{"a":[{"n":9007199254740993}]}')
  t.same(lost, [{ entityType: 'order', path: 'a.n' }])
})

function cpuMs(call: () => void): number {
  const before = process.cpuUsage()
  call()
  return process.cpuUsage(before).user / 1000
}

test('however many large numbers a frame holds, lost digits are looked for in one pass', async (t) => {
  const { client, live } = clientFixture()
  const lost: unknown[] = []
  client.on('digits_lost', (event) => lost.push(event))
  client.subscribe('order', 'o1').subscribe(() => undefined)
  const socket = live()
  const doubles = Array.from({ length: 200_000 }, (_, n) => 2 ** 60 + n * 2 ** 20)
  const frame = JSON.stringify(update('o1', { doubles, large: [1e21, -1e300, -(2 ** 61)] }, 'c1'))
  const parseMs = cpuMs(() => void JSON.parse(frame))
  const lookMs = cpuMs(() => socket.receiveText(frame))
  // 14 times as long; 170 times where each number is sought in the text.
  t.ok(lookMs < 60 * parseMs, `${lookMs} ms, of which to parse ${parseMs}`)
  t.same(lost, [])
  socket.receiveText(frame.replace('1152921504606847000,', '1152921504606847001,'))
  t.same(lost, [{ entityType: 'order', path: 'doubles' }])
})

test('a page that goes out of sight closes its socket, and one that was closed for good stays so', async (t) => {
  const { client, world, live } = clientFixture({ whenHidden: 'pause' })
  client.entity('order', 'o1').subscribe(() => undefined)
  live({ features: [] })
  world.page?.('hidden')
  world.advance(59_000)
  t.equal(client.state.getSnapshot().status, 'live')
  world.advance(1000)
  world.page?.('online')
  t.same([client.state.getSnapshot().status, world.socket.isClosed], ['paused', true])
  world.page?.('visible')
  live({ features: [] })
  t.equal(client.state.getSnapshot().status, 'live')
  const { page } = world
  client.close()
  for (const event of ['pagehide', 'pageshow', 'visible', 'online', 'resume'] as const) page?.(event)
  world.advance(86_400_000)
  t.same([client.state.getSnapshot().status, world.sockets.length, world.page], ['closed', 2, undefined])
})

test('connects without a subscription where that is wished, and says why it cannot', async (t) => {
  const { client, live } = clientFixture()
  const connected = client.connect()
  live({ features: [] })
  await connected
  const refused = clientFixture()
  const hopeless = refused.client.connect()
  refused.world.settle()
  refused.world.socket.end(4504, 'The token is not valid.')
  refused.world.settle()
  await t.rejects(hopeless, { code: 'token_invalid', message: 'The token is not valid.', final: true })
  const thrown = clientFixture({
    shouldReconnect: () => {
      throw new Error('on purpose')
    },
  })
  void thrown.client.connect()
  thrown.world.settle()
  thrown.world.socket.end()
  t.same([thrown.client.state.getSnapshot().status, thrown.world.reported.length], ['waiting', 1])
})

test('keeps nothing where the server has hung up as rights changed, and says what is missing', async (t) => {
  const { client, world, live } = clientFixture()
  const order = client.entity('order', 'o1')
  order.subscribe(() => undefined)
  const iterator = client.subscribe('order', 'o1')[Symbol.asyncIterator]()
  const socket = live()
  grant(socket)
  socket.receive(update('o1', { n: 1 }, 'c1', 'snapshot'))
  socket.end(4003)
  t.same(order.getSnapshot(), { status: 'waiting', data: undefined })
  world.advance(500)
  const again = live()
  t.match(requestsOf(again, 'subscribe'), [{ snapshot: true, since: undefined }])
  grant(again)
  again.receive({ type: 'snapshot_complete', entity_id: 'o1', entity_type: 'order', count: 0 })
  t.match((await iterator.next()).value, { operation: 'delete', data: undefined, missed: { because: 'not_resumed' } })
  t.equal(order.getSnapshot().status, 'absent')
})
