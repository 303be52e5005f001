import { test } from 'tap'
import { FrameAllowance } from '#gateway/deliver/socket/frame-allowance.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'
import type { ClientOptions } from '#client/api.js'
import { SluiceError } from '#client/sluice-error.js'
import { ScriptedWorld } from '../support/client/scripted-world.js'

type TokenFunction = Exclude<ClientOptions['token'], string>

/** A client that wants an order, with a token function of its own. */
async function asking(token: TokenFunction) {
  const world = new ScriptedWorld()
  const client = world.client({ token })
  world.server.update('order', 'o1', { id: 'o1', status: 'NEW' })
  const order = client.entity('order', 'o1')
  order.subscribe(() => undefined)
  const errors: string[] = []
  client.on('error', ({ code }) => errors.push(code))
  await world.talk()
  return { world, client, order, errors }
}

const bad: Readonly<Record<string, TokenFunction>> = {
  throws: () => {
    throw new Error('no login')
  },
  rejects: () => Promise.reject(new Error('no login')),
  'returns nothing': () => undefined as unknown as string,
  'returns an empty text': () => '',
  'returns no text': () => 5 as unknown as string,
  'returns a page': () => Promise.resolve('<html> </html>'),
}

for (const [what, token] of Object.entries(bad)) {
  test(`a token function that ${what} is asked again, ever more seldom, until it has a token`, async (t) => {
    let calls = 0
    const { world, client, order, errors } = await asking((ask) => (++calls <= 8 ? token(ask) : 'ann.1'))
    t.match(client.state.getSnapshot(), { status: 'waiting', end: { code: 0, name: 'token_failed' } })
    t.equal(world.openCount, 0)
    await world.pass(10_000)
    t.ok(calls >= 3 && calls < 8, `${calls} calls`)
    await world.pass(240_000)
    t.match(order.getSnapshot(), { status: 'live', data: { status: 'NEW' } })
    t.same(new Set(errors), new Set(['token_failed']))
    t.same(world.reported, [])
    client.close()
  })
}

test('a token function that says there will never be one ends the client', async (t) => {
  const final = new SluiceError('token_failed', 'logged out', true)
  const { world, client, order } = await asking(() => Promise.reject(final))
  t.same(client.state.getSnapshot(), { status: 'closed', error: final })
  t.match(order.getSnapshot(), { status: 'failed', error: final })
  t.equal(world.timerCount, 0)
})

test('a token function that hangs is given up, and what it answers too late is thrown away', async (t) => {
  const answers: ((token: string) => void)[] = []
  const signals: { readonly aborted: boolean }[] = []
  const { world, client } = await asking(({ signal }) => {
    signals.push(signal)
    return new Promise((resolve) => answers.push(resolve))
  })
  await world.pass(29_000)
  t.equal(client.state.getSnapshot().status, 'connecting')
  await world.pass(5000)
  t.equal(answers.length, 2, 'it is asked again')
  t.equal(signals[0]!.aborted, true)
  answers[0]!('ann.late')
  await world.talk()
  t.equal(world.openCount, 0)
  answers[1]!('ann.second')
  await world.talk()
  t.match(client.state.getSnapshot(), { status: 'live' })
  t.match(world.server.connections, [{ token: 'ann.second' }])
  client.close()
})

test('a token function that is slow twice is called once at a time, and nothing it says after the close counts', async (t) => {
  const answers: ((token: string) => void)[] = []
  const { world, client } = await asking(() => new Promise((resolve) => answers.push(resolve)))
  for (let n = 0; n < 50; n++) client.entity('order', `o${n}`).subscribe(() => undefined)
  await world.talk()
  t.equal(answers.length, 1)
  answers[0]!('ann.1')
  await world.talk()
  for (let n = 0; n < 20; n++) world.server.expireSoon()
  await world.pass(20_000)
  t.equal(answers.length, 2, 'a new token is asked for once')
  answers[1]!('ann.2')
  await world.talk()
  t.match(world.server.requests.at(-1), { type: 'authenticate', token: 'ann.2' })
  world.server.cut()
  await world.pass(5000)
  t.equal(answers.length, 3)
  client.close()
  answers[2]!('ann.3')
  await world.pass(60_000)
  t.same([client.state.getSnapshot().status, world.openCount, world.timerCount], ['closed', 1, 0])
})

test('listeners that throw are reported, and stop nobody', async (t) => {
  const world = new ScriptedWorld()
  const client = world.client()
  const fault = new Error('a fault of the page')
  const thrower = () => {
    throw fault
  }
  const seen: unknown[] = []
  const order = client.entity('order', 'o1')
  for (const listener of [thrower, ({ data }: { data: unknown }) => seen.push(data), { next: thrower, error: thrower, complete: thrower }])
    order.subscribe(listener)
  const changes = client.subscribe('order', 'o1')
  changes.subscribe(thrower)
  changes.subscribe(({ data }) => seen.push(data))
  client.state.subscribe(thrower)
  client.on('error', thrower)
  await world.talk()
  world.server.update('order', 'o1', { id: 'o1', status: 'NEW' })
  world.server.send({ type: 'error', message: 'no', code: 'no', entity_id: 'o1' })
  await world.talk()
  t.same(seen.slice(-2), [
    { id: 'o1', status: 'NEW' },
    { id: 'o1', status: 'NEW' },
  ])
  t.equal(client.state.getSnapshot().status, 'live')
  client.close()
  await world.talk()
  t.same(new Set(world.reported), new Set([fault]))
  t.ok(world.reported.length > 8)
})

test('who leaves in the midst of many changes is told nothing more, and no end', async (t) => {
  const world = new ScriptedWorld()
  const client = world.client()
  const told: unknown[] = []
  const stop = client.subscribe('order', 'o1').subscribe({
    next({ data }) {
      told.push(data?.status)
      stop()
    },
    complete: () => told.push('complete'),
  })
  await world.talk()
  const about = { type: 'entity_update', entity_id: 'o1', entity_type: 'order', operation: 'update' }
  world.server.send({ ...about, data: { status: 'A' } }, { ...about, data: { status: 'B' } })
  await world.talk()
  client.close()
  await world.talk()
  t.same(told, ['A'])
})

test('a rule for coming back that throws forbids nothing', async (t) => {
  const world = new ScriptedWorld()
  const fault = new Error('a fault of the page')
  const client = world.client({
    shouldReconnect: () => {
      throw fault
    },
  })
  client.entity('order', 'o1').subscribe(() => undefined)
  await world.talk()
  world.server.cut()
  await world.pass(1000)
  t.equal(client.state.getSnapshot().status, 'live')
  t.same(world.reported, [fault])
  client.close()
})

test('listeners may end themselves and each other, subscribe to more, and close the client', async (t) => {
  const world = new ScriptedWorld()
  const { server } = world
  const client = world.client()
  const seen: string[] = []
  const changes = client.subscribe('order', 'o1')
  const stopFirst = changes.subscribe(() => {
    seen.push('first')
    stopFirst()
    stopLast()
    changes.subscribe(() => seen.push('within'))
    client.entity('order', 'o2').subscribe(({ data }) => data && seen.push(`o2 ${data.status}`))
  })
  const stopLast = client.subscribe('order', 'o1').subscribe(() => seen.push('last'))
  server.update('order', 'o2', { id: 'o2', status: 'THERE' })
  await world.talk()
  server.update('order', 'o1', { id: 'o1', status: 'A' })
  await world.talk()
  t.same(seen, ['first', 'o2 THERE'])
  server.update('order', 'o1', { id: 'o1', status: 'B' })
  await world.talk()
  t.same(seen, ['first', 'o2 THERE', 'within'])
  changes.subscribe(() => client.close())
  server.update('order', 'o1', { id: 'o1', status: 'C' })
  await world.talk()
  server.update('order', 'o1', { id: 'o1', status: 'D' })
  await world.talk()
  t.equal(client.state.getSnapshot().status, 'closed')
  t.same(seen.slice(3), ['within'], 'who came first was told first')
  t.same(world.reported, [])
})

/** Whether the gateway would have closed the client. */
function isFlooded({ sent }: ScriptedWorld, perSecond: number): boolean {
  const clock = new SimulatedClock()
  let nowMs = 0
  Object.assign(clock, { monotonicMs: () => nowMs })
  const allowances = new Map<number, FrameAllowance>()
  return !sent.every(({ atMs, bytes, connection }) => {
    nowMs = atMs
    const allowance = allowances.get(connection) ?? new FrameAllowance(perSecond, clock)
    allowances.set(connection, allowance)
    return allowance.spend(bytes)
  })
}

for (const [what, features, frames_per_second, many, ids] of [
  ['lists', ['list', 'resume', 'snapshot'], 1000, 10_000, 'order-'],
  ['lists, of a server that allows little', ['list', 'resume', 'snapshot'], 50, 1500, 'order-'],
  ['single requests', ['resume', 'snapshot'], 1000, 3000, 'order-'],
  ['lists with ids of many bytes', ['list', 'resume', 'snapshot'], 1000, 3000, 'é'.repeat(100)],
] as const) {
  test(`${many} subscriptions at once are asked for within the limits, and again after a loss, in ${what}`, async (t) => {
    const limits = { subscriptions: 20_000, frames_per_second, bytes_per_frame: 128, frame_bytes: 16_384 }
    const world = new ScriptedWorld(undefined, { features: [...features], limits })
    const { server } = world
    const client = world.client()
    let count = 0
    for (let n = 0; n < many; n++) server.update('order', `${ids}${n}`, { id: `${n}`, status: 'NEW' })
    for (let n = 0; n < many; n++) client.entity('order', `${ids}${n}`).subscribe(({ data }) => data && count++)
    const patienceMs = 400_000
    const all = async () => {
      for (let ms = 0; ms < patienceMs && server.connections.at(-1)!.subscriptions.length < many; ms += 250) await world.pass(250)
    }
    await world.pass(250)
    await all()
    t.equal(count, many)
    server.cut()
    await world.pass(2000)
    await all()
    await world.pass(1000)
    t.equal(server.connections.length, 2)
    t.equal(server.connections[1]!.subscriptions.length, many)
    t.equal(isFlooded(world, frames_per_second), false)
    t.ok(world.sent.every(({ bytes }) => bytes <= limits.frame_bytes))
    client.close()
  })
}
