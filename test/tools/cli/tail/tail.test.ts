import { test, type Test } from 'tap'
import { tail } from '#tools/cli/tail/tail.js'
import { answer, ScriptedGateway, type Script } from '../../../support/clients/scripted-gateway.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'
import { until } from '../../../support/running/until.js'

interface Tail {
  readonly gateway: ScriptedGateway
  readonly clock: SimulatedClock
  readonly notices: string[]
  readonly updates: string[]
  readonly stop: AbortController
  readonly exitCode: Promise<number>
}

/** A tail of `order-1` on a gateway that confirms every subscription, unless the script does something else. */
async function start(t: Test, script: Partial<Script> = {}, token = () => 'a.b.c'): Promise<Tail> {
  const gateway = await ScriptedGateway.start(Object.assign(script, { onFrame: script.onFrame ?? confirm }))
  const notices: string[] = []
  const updates: string[] = []
  const stop = new AbortController()
  const clock = new SimulatedClock()
  const exitCode = tail({
    address: new URL(`${gateway.url}/ws/me`),
    token,
    entityId: 'order-1',
    entityType: 'order',
    clock,
    random: () => 0,
    stop: stop.signal,
    shown: (_message, text) => updates.push(text),
    notice: (line) => notices.push(line),
  })
  t.teardown(async () => {
    stop.abort()
    await exitCode
    await gateway.stop()
  })
  return { gateway, clock, notices, updates, stop, exitCode }
}

const confirm: Script['onFrame'] = (socket) => answer(socket, { type: 'subscription_success', entity_id: 'order-1' })

/** Waits for the notice of the next try, and says how long it will take. */
async function nextTry({ notices }: Tail, tries: number): Promise<string | undefined> {
  const again = (): string[] => notices.filter((line) => line.startsWith('Connecting again'))
  await until(() => again().length >= tries)
  return /in (\S+ s)/.exec(again()[tries - 1]!)?.[1]
}

test('connects with the token in the header under sluice.v1, subscribes and hands on each update', async (t) => {
  const update = { type: 'entity_update', entity_id: 'order-1', entity_type: 'order', operation: 'update', data: { a: 1 } }
  const frames: unknown[] = []
  const running = await start(t, {
    onFrame(socket, frame, connection) {
      frames.push(frame)
      confirm(socket, frame, connection)
      answer(socket, { ...update, member_of_the_future: 1 })
      answer(socket, { type: 'type_of_the_future' })
      answer(socket, { ...update, data: { a: 2 } })
    },
  })
  await until(() => running.updates.length === 2)
  const { url, headers } = running.gateway.requests[0]!
  t.equal(url, '/ws/me')
  t.equal(headers.authorization, 'Bearer a.b.c')
  t.equal(headers['sec-websocket-protocol'], 'sluice.v1')
  t.same(frames, [{ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', snapshot: true }])
  t.same(running.notices, [
    'Following order-1. Ctrl-C ends.',
    'The server sent what is no message of the protocol: {"type":"type_of_the_future"}',
  ])
  running.stop.abort()
  t.equal(await running.exitCode, 0)
})

test('connects and subscribes again after a close that allows it, waiting longer each time', async (t) => {
  const running = await start(t, {
    onFrame: (socket, frame, connection) => (connection < 3 ? socket.close(4000) : confirm(socket, frame, connection)),
  })
  t.equal(await nextTry(running, 1), '0.3 s')
  t.equal(running.notices[0], 'The server is shutting down, reconnect (close code 4000).')
  await running.clock.advance(250)
  t.equal(await nextTry(running, 2), '0.5 s')
  await running.clock.advance(499)
  t.equal(running.gateway.sockets.length, 2)
  await running.clock.advance(1)
  await until(() => running.notices.includes('Following order-1. Ctrl-C ends.'))
  t.equal(running.gateway.sockets.length, 3)
})

test('begins with a short wait again after a connection that held', async (t) => {
  const running = await start(t, {
    onFrame: (socket, frame, connection) => (connection < 3 ? socket.close(4000) : confirm(socket, frame, connection)),
  })
  await nextTry(running, 1)
  await running.clock.advance(250)
  await nextTry(running, 2)
  await running.clock.advance(500)
  await until(() => running.notices.includes('Following order-1. Ctrl-C ends.'))
  await running.clock.advance(29_999)
  await running.clock.advance(1)
  running.gateway.sockets[2]!.close(4001)
  t.equal(await nextTry(running, 3), '0.3 s')
})

test('goes on behind what was shown when it connects again, and says whether that is possible', async (t) => {
  const update = { type: 'entity_update', entity_id: 'order-1', entity_type: 'order', operation: 'snapshot', data: {} }
  const success = { type: 'subscription_success', entity_id: 'order-1', entity_type: 'order' }
  const frames: unknown[] = []
  const running = await start(t, {
    onFrame(socket, frame, connection) {
      frames.push(frame)
      answer(
        socket,
        connection === 1 ? success : { ...success, ...(connection === 2 ? { resumed: true } : { resumed: false, reason: 'expired' }) },
      )
      answer(socket, { ...update, cursor: `c-${connection}` })
      socket.close(4000)
    },
  })
  for (const tries of [1, 2, 3]) {
    await nextTry(running, tries)
    if (tries < 3) await running.clock.advance(500)
  }
  const request = { type: 'subscribe', entity_id: 'order-1', entity_type: 'order' }
  t.same(frames, [
    { ...request, snapshot: true },
    { ...request, since: 'c-1' },
    { ...request, since: 'c-2' },
  ])
  t.equal(running.updates.length, 3)
  t.same(
    running.notices.filter((line) => !line.startsWith('The server is shutting down')),
    [
      'Following order-1. Ctrl-C ends.',
      'Connecting again in 0.3 s.',
      'Going on with order order-1: what happened meanwhile comes first.',
      'Connecting again in 0.5 s.',
      'Beginning anew with order order-1: what happened meanwhile is not known any more.',
      'Connecting again in 1.0 s.',
    ],
  )
})

test('keeps trying while a gateway that it knew is away', async (t) => {
  const script: Partial<Script> = {}
  const running = await start(t, script)
  await until(() => running.notices.length === 1)
  script.refusal = { status: 503, body: '{"message":"The server is shutting down."}' }
  running.gateway.sockets[0]!.terminate()
  await nextTry(running, 1)
  await running.clock.advance(250)
  await nextTry(running, 2)
  t.ok(running.notices.includes('The server refused the connection with HTTP 503: The server is shutting down.'))
  script.refusal = undefined
  await running.clock.advance(500)
  await until(() => running.gateway.sockets.length === 2)
})

test('gives up a connection that answers no ping, and makes a new one', async (t) => {
  const running = await start(t)
  await until(() => running.notices.length === 1)
  running.gateway.sockets[0]!.pause() // Nothing answers its pings from here on, as after a laptop's sleep.
  await running.clock.advance(30_000)
  t.equal(running.notices.length, 1)
  await running.clock.advance(30_000)
  await nextTry(running, 1)
  t.equal(running.notices[1], 'The connection was lost (close code 1006).')
})

test('keeps a quiet connection that answers its pings', async (t) => {
  const running = await start(t)
  await until(() => running.notices.length === 1)
  for (let pings = 1; pings <= 3; pings++) {
    const pinged = new Promise((resolve) => running.gateway.sockets[0]!.once('ping', resolve))
    await running.clock.advance(30_000)
    await pinged
    // This comes after the pong.
    answer(running.gateway.sockets[0]!, { type: 'entity_update', entity_id: 'x', entity_type: 'y', operation: 'update', data: {} })
    await until(() => running.updates.length === pings)
  }
  t.equal(running.notices.length, 1)
})

test('stops with 77 when the token or the subscription is refused', async (t) => {
  const expired = await start(t, { refusal: { status: 401, body: '{"error":"token_expired","message":"The token has expired."}' } })
  t.equal(await expired.exitCode, 77)
  t.same(expired.notices, ['The server refused the connection with HTTP 401: The token has expired.'])
  const forbidden = await start(t, { onFrame: (socket) => answer(socket, { type: 'error', message: 'Not for you.', code: 'forbidden' }) })
  t.equal(await forbidden.exitCode, 77)
  t.same(forbidden.notices, ['The subscription was refused: Not for you.'])
})

test('brings its connection another token when its own ends, as soon as there is one', async (t) => {
  const frames: Record<string, unknown>[] = []
  let token: string | undefined = 'a.b.c'
  const read = (): string => {
    if (token === undefined) throw new Error('it is just being replaced')
    return token
  }
  const onFrame: Script['onFrame'] = (socket, frame, connection) => {
    frames.push(frame)
    if (frame['type'] === 'subscribe') return confirm(socket, frame, connection)
    answer(socket, frame['token'] === 'd.e.f' ? { type: 'error', message: 'Not it.' } : { type: 'authenticated', token_expires_in_s: 300 })
  }
  const running = await start(t, { onFrame }, read)
  const { gateway, clock, notices } = running
  await until(() => notices.length === 1)
  answer(gateway.sockets[0]!, { type: 'token_expiring', token_expires_in_s: 30 })
  await until(() => notices.length === 2)
  token = undefined
  await clock.advance(1000)
  t.equal(frames.length, 1)
  token = 'd.e.f'
  await clock.advance(1000)
  await until(() => notices.length === 3)
  token = 'g.h.i'
  await clock.advance(1000)
  await until(() => notices.length === 4)
  token = 'j.k.l'
  await clock.advance(5000)
  t.same(frames.slice(1), [
    { type: 'authenticate', token: 'd.e.f' },
    { type: 'authenticate', token: 'g.h.i' },
  ])
  t.same(notices.slice(1), ['The token ends in 30 s.', 'The server says: Not it.', 'Going on with another token, which ends in 300 s.'])
  gateway.sockets[0]!.close(4000)
  await nextTry(running, 1)
  await clock.advance(500)
  await until(() => gateway.requests.length === 2)
  t.equal(gateway.requests[1]!.headers.authorization, 'Bearer j.k.l')
})

test('connects again where it was refused with a token that another one has replaced', async (t) => {
  let token = 'a.b.c'
  const running = await start(t, { onFrame: (socket) => socket.close(4500) }, () => token)
  await until(() => running.gateway.requests.length === 1)
  token = 'd.e.f'
  await nextTry(running, 1)
  await running.clock.advance(500)
  t.equal(await running.exitCode, 77)
  t.equal(running.gateway.requests.length, 2)
})

test('stops when a close code says that the same connection would fail the same way', async (t) => {
  const running = await start(t, { onFrame: (socket) => socket.close(4501) })
  t.equal(await running.exitCode, 69)
  t.same(running.notices, ['The same client has connected elsewhere (close code 4501).'])
})

test('stops with 69 when the first try reaches no gateway', async (t) => {
  const page = await start(t, { refusal: { status: 502, body: '<html>Bad gateway</html>' } })
  t.equal(await page.exitCode, 69)
  t.same(page.notices, ['The server refused the connection with HTTP 502.'])
})

test('says an error that comes later, and goes on', async (t) => {
  const running = await start(t)
  await until(() => running.notices.length === 1)
  answer(running.gateway.sockets[0]!, { type: 'error', message: 'Something.' })
  await until(() => running.notices.length === 2)
  t.equal(running.notices[1], 'The server says: Something.')
})

test('leaves with 0 when it is stopped, also while it waits to connect again', async (t) => {
  const running = await start(t, { onFrame: (socket) => socket.close(4000) })
  await nextTry(running, 1)
  running.stop.abort()
  t.equal(await running.exitCode, 0)
  t.equal(running.gateway.sockets.length, 1)
})

test('does not wait for a server that leaves its goodbye unanswered', async (t) => {
  const running = await start(t)
  await until(() => running.notices.length === 1)
  running.gateway.sockets[0]!.pause()
  running.stop.abort()
  await running.clock.advance(500)
  t.equal(await running.exitCode, 0)
})
