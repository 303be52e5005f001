import { test, type Test } from 'tap'
import { Client } from '#client/client.js'
import { systemClock } from '#clock.js'
import { v1Dialect } from '#client/v1-dialect.js'
import { tail } from '#tools/cli/tail/tail.js'
import { clientFixture, grant, requestsOf, update } from '../../../support/client/client-fixture.js'
import { ScriptedWorld } from '../../../support/client/scripted-world.js'
import type { SimulatedSocket } from '../../../support/client/simulated-surroundings.js'
import { ScriptedGateway, answer, type Script } from '../../../support/clients/scripted-gateway.js'
import { until } from '../../../support/running/until.js'

/** Promises, of tokens among them, are settled; nothing else is waited for. */
const turns = () => new Promise((resolve) => setImmediate(resolve))

interface Played {
  readonly token?: () => string
  /** Null for every type. */
  readonly entityType?: string | null
}

/** A tail of `order-1` on a server that the test plays. */
async function start({ token = () => 'a.b.c', entityType = 'order' }: Played = {}) {
  const { world, live } = clientFixture()
  const notices: string[] = []
  const shown: string[] = []
  const stop = new AbortController()
  const exitCode = tail({
    url: 'ws://gateway',
    clientId: 'me',
    token,
    entityId: 'order-1',
    entityType: entityType ?? undefined,
    clock: { ...systemClock, now: () => world.nowMs() },
    stop: stop.signal,
    shown: ({ operation, data, missed }) =>
      shown.push(`${missed === undefined ? '' : `(${missed.because} ${missed.count ?? ''}) `}${operation} ${JSON.stringify(data)}`),
    notice: (line) => notices.push(line),
    connect: (url, options) => new Client(url, options, v1Dialect, world),
  })
  /** Lets happen what is to happen now. */
  const settle = async (): Promise<void> => {
    world.settle()
    await turns()
    world.settle()
  }
  await settle()
  /** All that was said since it was last asked for. */
  const said = (): string[] => notices.splice(0)
  const begun = (version = update('order-1', { a: 1 }, 'c1', 'snapshot')): SimulatedSocket => {
    const socket = live()
    grant(socket)
    socket.receive(version, {
      type: 'snapshot_complete',
      entity_id: 'order-1',
      entity_type: entityType ?? undefined,
      count: 1,
      cursor: 'c1',
    })
    return socket
  }
  return { world, settle, live, begun, said, shown, stop, exitCode }
}

const following = 'Following order-1. Ctrl-C ends.'

test('shows an entity as it is, then its changes, and leaves with 0 when it is stopped', async (t) => {
  const { settle, begun, said, shown, stop, exitCode } = await start()
  const socket = begun()
  t.match(requestsOf(socket, 'subscribe'), [{ entity_id: 'order-1', entity_type: 'order', snapshot: true }])
  await settle()
  socket.receive(update('order-1', { a: 2 }, 'c2'), { type: 'type_of_the_future' }, update('order-1', {}, 'none', 'delete'))
  t.same(shown, ['snapshot {"a":1}', 'update {"a":2}', 'delete undefined'])
  t.same(said(), [following])
  stop.abort()
  await settle()
  t.equal(await exitCode, 0)
  t.ok(socket.isClosed)
})

/** A tail of the paid orders, of which the script has one. */
async function list(where: object = { status: 'PAID' }) {
  const world = new ScriptedWorld()
  world.server.update('order', 'o1', { status: 'PAID', total: 5 })
  const [notices, shown, stop] = [[] as string[], [] as string[], new AbortController()]
  const exitCode = tail({
    ...{ url: 'ws://script', clientId: 'me', token: () => 'a.b.c', entityId: undefined, entityType: 'order', where, fields: ['status'] },
    clock: { ...systemClock, now: () => world.nowMs() },
    stop: stop.signal,
    shown: ({ operation, entityId, data }) => shown.push(`${operation} ${entityId} ${JSON.stringify(data)}`),
    notice: (line) => notices.push(line),
    connect: (url, options) => new Client(url, options, v1Dialect, world),
  })
  await world.talk()
  return { world, notices, shown, stop, exitCode }
}

test('shows a list as it is, then what enters and leaves it, also after the connection was lost', async (t) => {
  const { world, notices, shown, stop, exitCode } = await list()
  world.server.update('order', 'o2', { status: 'PAID' })
  world.server.update('order', 'o1', { status: 'SENT' })
  world.server.cut()
  world.server.update('order', 'o2', { status: 'SENT' })
  await world.pass(1000)
  t.same(shown, ['snapshot o1 {"status":"PAID"}', 'create o2 {"status":"PAID"}', 'delete o1 undefined', 'delete o2 undefined'])
  t.match(notices, ['Following order where {"status":"PAID"}. Ctrl-C ends.', /connection/, /Connecting again/])
  stop.abort()
  await world.talk()
  t.equal(await exitCode, 0)
})

test('says that a list is empty, and leaves where its filter is refused', async (t) => {
  const { notices, stop } = await list({ status: 'LOST' })
  t.match(notices, [/^There is nothing to see of order where {"status":"LOST"} now/, /^Following/])
  stop.abort()
  const refused = await list({ status: { $none: 1 } })
  t.equal(await refused.exitCode, 77)
  t.match(refused.notices, [/The server says/, /refused/])
})

test('says that there is nothing to see where that is so', async (t) => {
  const { settle, live, said } = await start({ entityType: null })
  const socket = live()
  grant(socket)
  socket.receive({ type: 'snapshot_complete', entity_id: 'order-1', count: 0 })
  await settle()
  t.same(said(), ['There is nothing to see of order-1 now.', following])
})

test('follows changes alone where the latest version is not known, and says so', async (t) => {
  const { settle, world, live, said, shown } = await start()
  const socket = live()
  const [{ ref } = {}] = requestsOf(socket, 'subscribe')
  socket.receive({ type: 'error', code: 'state_unavailable', message: 'Not known here.', ref, entity_id: 'order-1' })
  world.settle()
  t.notMatch(requestsOf(socket, 'subscribe').at(-1), { snapshot: true })
  grant(socket)
  await settle()
  socket.receive(update('order-1', { a: 2 }, 'c2'))
  t.same(said(), ['The server says: Not known here.', following])
  t.same(shown, ['update {"a":2}'])
})

test('connects again, and goes on behind what was shown, or says why it begins anew', async (t) => {
  const { settle, world, begun, live, said, shown } = await start()
  const first = begun()
  await settle()
  first.end(4000)
  await settle()
  t.same(said(), [following, 'The server is shutting down, reconnect (close code 4000).', 'Connecting again in 2.5 s.'])
  world.advance(2_500)
  await settle()
  const second = live()
  t.match(requestsOf(second, 'subscribe'), [{ entity_id: 'order-1', since: 'c1' }])
  grant(second, { resumed: true, cursor: 'c1' })
  second.receive(update('order-1', { a: 2 }, 'c2'))
  second.end(1006)
  await settle()
  t.same(said(), [
    'Going on with order order-1: what happened meanwhile comes first.',
    'The connection was lost (close code 1006).',
    'Connecting again in 0.5 s.',
  ])
  world.advance(500)
  await settle()
  const third = live()
  grant(third, { resumed: false, reason: 'expired' })
  third.receive(update('order-1', { a: 9 }, 'c9', 'snapshot'), {
    type: 'snapshot_complete',
    entity_id: 'order-1',
    entity_type: 'order',
    count: 1,
  })
  t.same(said(), ['Beginning anew with order order-1: what happened meanwhile is not known any more.'])
  t.same(shown, ['snapshot {"a":1}', 'update {"a":2}', '(not_resumed ) snapshot {"a":9}'])
})

test('says what was left out with the change that follows it, and errors that come later', async (t) => {
  const { begun, said, shown } = await start()
  const socket = begun()
  socket.receive({ type: 'gap', entity_id: 'order-1', entity_type: 'order', missed: 3 }, update('order-1', { a: 5 }, 'c5'))
  socket.receive({ type: 'error', message: 'Some\u001bthing.' })
  t.equal(shown.at(-1), '(slow 3) update {"a":5}')
  t.same(said().at(-1), 'The server says: Some\\u001bthing.')
})

test('stops with 77 when the subscription is refused, and closes', async (t) => {
  const { settle, live, said, exitCode } = await start()
  const socket = live()
  const [{ ref } = {}] = requestsOf(socket, 'subscribe')
  socket.receive({ type: 'error', code: 'forbidden', message: 'Not for you.', ref, entity_id: 'order-1' })
  await settle()
  t.equal(await exitCode, 77)
  t.same(said(), ['The server says: Not for you.', 'The subscription was refused.'])
  t.ok(socket.isClosed)
})

for (const [code, expected] of [
  [4500, 77],
  [4504, 77],
  [4508, 77],
  [4501, 69],
  [4999, 69],
  [1002, 69],
] as const)
  test(`stops with ${expected} when it is closed with ${code}`, async (t) => {
    const { settle, begun, said, exitCode } = await start()
    const socket = begun()
    await settle()
    socket.end(code, 'words of the server')
    await settle()
    t.equal(await exitCode, expected)
    t.match(said().at(-1), `Words of the server (close code ${code}).`)
  })

test('tries a first connection once', async (t) => {
  const { settle, world, said, exitCode } = await start()
  world.socket.end(4005)
  await settle()
  t.equal(await exitCode, 69)
  t.same(said(), ['The server is starting and cannot promise all changes yet (close code 4005).'])
})

test('brings its connection another token as soon as there is one, and says when there is none yet', async (t) => {
  let token: string | undefined = 'me.1'
  const read = (): string => {
    if (token === undefined) throw new Error('it is just being replaced')
    return token
  }
  const { settle, world, begun, said } = await start({ token: read })
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      world.advance(1_000)
      await settle()
    }
  }
  const socket = begun()
  await settle()
  socket.onSend = (text) => {
    const { type, ref } = JSON.parse(text) as Record<string, unknown>
    if (type === 'ping') socket.receive({ type: 'pong', ref })
  }
  const sent = () => requestsOf(socket, 'authenticate').map((frame) => frame['token'])
  token = undefined
  socket.receive({ type: 'token_expiring', token_expires_in_s: 30 })
  await settle()
  await pass(60)
  t.same(sent(), [])
  token = 'me.2'
  await pass(10)
  t.same(sent(), ['me.2'])
  socket.receive({ type: 'authenticated', ref: 'token', token_expires_in_s: 300 })
  await settle()
  const [first, ...more] = said()
  t.equal(first, following)
  t.equal(more[0], 'The token ends soon, and there is no other one yet.')
  t.match(more.at(-1), /^Going on with another token, which ends at 2026-01-01T00:/)
  t.equal(more.length, 2, 'each is said once')
})

/** On a real socket, where it says why it could not connect. */
async function unreachable(t: Test, url: string): Promise<{ exitCode: number; notices: string[] }> {
  const notices: string[] = []
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const rest = { clientId: 'me', token: () => 'a.b.c', entityId: 'x', entityType: undefined, clock: systemClock, shown: () => undefined }
  const exitCode = await tail({ ...rest, url, stop: stop.signal, notice: (line) => notices.push(line) })
  return { exitCode, notices }
}

test('stops with 69 when the first try reaches no gateway, and says what was met', async (t) => {
  const gateway = await ScriptedGateway.start({ refusal: { status: 502, body: '<html>Bad gateway</html>' }, onFrame: () => undefined })
  const { url } = gateway
  const page = await unreachable(t, url)
  t.same(page, { exitCode: 69, notices: ['Cannot connect: Unexpected server response: 502.'] })
  await gateway.stop()
  const nobody = await unreachable(t, url)
  t.equal(nobody.exitCode, 69)
  t.match(nobody.notices, [/^Cannot connect: .*ECONNREFUSED/])
})

test('leaves a server at once that does not answer its goodbye', async (t) => {
  const onFrame: Script['onFrame'] = (socket, { ref }) => {
    answer(socket, { type: 'subscription_success', entity_id: 'x', ref })
    answer(socket, { type: 'snapshot_complete', entity_id: 'x', count: 0 })
  }
  const gateway = await ScriptedGateway.start({ onFrame })
  t.teardown(() => gateway.stop())
  const notices: string[] = []
  const stop = new AbortController()
  const rest = { clientId: 'me', token: () => 'a.b.c', entityId: 'x', entityType: undefined, clock: systemClock, shown: () => undefined }
  const exitCode = tail({ ...rest, url: gateway.url, stop: stop.signal, notice: (line) => notices.push(line) })
  await until(() => notices.length === 2)
  gateway.sockets[0]!.pause()
  const gone = new Promise((resolve) => gateway.sockets[0]!.once('close', resolve))
  stop.abort()
  t.equal(await exitCode, 0)
  gateway.sockets[0]!.resume()
  await gone
})
