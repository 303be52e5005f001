import { test } from 'tap'
import type { BadRecordsAnswer, ConnectionsAnswer, PipelineAnswer } from '#console/operation-answers.js'
import { StatefulGateway } from '../../support/gateway/stateful-gateway.js'
import { ServedConsole, tokens } from '../../support/console/served-console.js'

const connectionsOf = async (served: ServedConsole, token?: string) =>
  (await (await served.get('/api/connections', token)).json()) as ConnectionsAnswer

test('connections are told by what waits for them, by counts, and by their names to whoever may act', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.connect({ sub: 'ann', clientId: 'tab-1', subprotocol: undefined })
  const slow = gateway.connect({ sub: 'bob', clientId: 'tab-2', roles: ['some'] })
  slow.transport.reads = false
  for (const entity_id of ['order-1', 'order-2']) slow.ask({ type: 'subscribe', entity_id, entity_type: 'order', on_slow: 'conflate' })
  slow.ask({ type: 'subscribe', entity_id: 'order-3' })
  await gateway.settle()
  const waiting = slow.transport.buffered
  t.ok(waiting > 0)
  await gateway.clock.advance(5000)
  const served = await ServedConsole.start(t, undefined, gateway)
  const seen = await connectionsOf(served, tokens.actor)
  t.match(seen, { total: 2, named: true })
  t.match(seen.connections[0], {
    ...{ sub: 'bob', client_id: 'tab-2', roles: ['some'], subprotocol: 'sluice.v1', subscriptions: 3, collections: 0 },
    ...{ subscriptions_by_type: { order: 2, '*': 1 }, waiting_bytes: waiting, age_s: 5, is_slow: false, updates_left_out: 0 },
  })
  t.match(seen.connections[1], { sub: 'ann', subprotocol: 'seed', waiting_bytes: 0 })
  const viewed = await connectionsOf(served, tokens.viewer)
  t.equal(viewed.named, false)
  for (const { sub, client_id } of viewed.connections) for (const name of [sub, client_id]) t.match(name, /^#[\w-]{8}$/)
  t.same(await connectionsOf(served, tokens.viewer), viewed, 'the same as long as the process runs')
})

test('who reads slowly is told, with how many updates were left out, also once they were told of them', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.write('order-1')
  await gateway.settle()
  const slow = gateway.connect()
  slow.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', on_slow: 'conflate' })
  await gateway.settle()
  slow.transport.reads = false
  slow.transport.buffered = 70_000
  for (const status of ['PAID', 'PACKED', 'SENT', 'GONE']) {
    gateway.write('order-1', { status })
    await gateway.settle()
  }
  const served = await ServedConsole.start(t, undefined, gateway)
  const now = async () => (await connectionsOf(served)).connections[0]!
  const { is_slow, updates_left_out } = await now()
  t.equal(is_slow, true)
  t.equal(updates_left_out, gateway.meter.updatesConflated)
  t.ok(updates_left_out >= 3)
  slow.drain()
  await gateway.settle()
  await gateway.clock.advance(1000)
  t.match(await now(), { is_slow: false, updates_left_out })
})

test('the slowest twenty are told as the screen has them: who cannot be written to, or has a quarter of a mailbox waiting', async (t) => {
  const gateway = await StatefulGateway.start({ connectionsMax: 100 })
  const served = await ServedConsole.start(t, undefined, Object.assign(gateway, { hasPage: false }))
  t.equal((await served.get('/')).status, 404, 'a page is not needed')
  for (let n = 0; n < 60; n++) {
    const client = gateway.connect({ sub: `user-${n}`, clientId: `tab-${n}` })
    client.transport.buffered = n % 2 === 0 ? 1000 * n : 0
    client.send('{"type":"ping"}')
  }
  await gateway.settle()
  const slowBy = async (token: string) => (await (await served.get('/api/slow', token)).json()) as ConnectionsAnswer
  const { total, named, connections } = await slowBy(tokens.actor)
  t.same([total, named], [60, true])
  t.same(
    connections.map(({ sub, is_slow }) => [sub, is_slow]),
    // More than 25,000 of 100,000.
    Array.from({ length: 17 }, (_, n) => [`user-${58 - 2 * n}`, true]),
  )
  const shown = await connectionsOf(served, tokens.actor)
  t.same(connections, shown.connections.slice(0, 17))
  for (const { sub } of (await slowBy(tokens.viewer)).connections) t.match(sub, /^#/)
  for (let n = 1; n < 60; n += 2) {
    const client = gateway.connect({ sub: `user-${n}`, clientId: `tab-${n}` })
    client.transport.buffered = 70_000
    client.send('{"type":"ping"}')
  }
  await gateway.settle()
  await gateway.clock.advance(1000)
  t.equal((await slowBy(tokens.actor)).connections.length, 20)
})

test('fifty connections are shown at most, those for which most waits', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let n = 0; n < 120; n++) {
    const client = gateway.connect({ sub: `user-${n}` })
    client.transport.buffered = n % 7 === 0 ? 1000 + n : 0
    client.send('{"type":"ping"}')
  }
  await gateway.settle()
  const served = await ServedConsole.start(t, undefined, gateway)
  const { total, connections } = await connectionsOf(served, tokens.actor)
  t.same([total, connections.length], [120, 50])
  t.same(
    connections.slice(0, 3).map(({ sub }) => sub),
    ['user-119', 'user-112', 'user-105'],
  )
})

test('whoever may act ends a connection, which is a line of the log with who did it', async (t) => {
  const gateway = await StatefulGateway.start()
  const [ann, other] = [gateway.connect({ sub: 'ann', clientId: 'a' }), gateway.connect({ sub: 'ann', clientId: 'b' })]
  await gateway.settle()
  const served = await ServedConsole.start(t, undefined, gateway)
  const client = { sub: 'ann', client_id: 'a' }
  const end = async (body: unknown, headers?: Record<string, string>) =>
    (await served.post('/api/connections/disconnect', body, headers)).status
  t.equal(await end(client, { token: tokens.viewer }), 403)
  t.equal(await end(client, { Origin: 'http://evil.example' }), 403)
  t.equal(await end(client, { 'Content-Type': 'text/plain' }), 415)
  for (const body of ['', '{', '[]', '7', 'null', '{"sub":"ann"}', '{"sub":"ann","client_id":7}']) t.equal(await end(body), 400, body)
  t.equal(await end({ sub: 'ann', client_id: 'c' }), 404)
  t.equal(ann.transport.closedWith, undefined)
  const before = served.logged.length
  t.equal(await end(client), 200)
  t.match(ann.transport.closedWith, { code: 4009 })
  t.equal(other.transport.closedWith, undefined)
  t.match(served.logged[before], {
    fields: { admin: 'bob', sub: 'ann', client_id: 'a', found: true },
    message: 'A connection is ended at the console.',
  })
})

const canary = 'canary-7d1f'

test('no answer has anything of what records hold, nor which entities somebody looks at', async (t) => {
  const gateway = await StatefulGateway.start()
  const client = gateway.connect()
  client.ask({ type: 'subscribe', entity_id: canary, entity_type: 'order' })
  gateway.write(canary, { status: canary, email: `${canary}@example.org` })
  const bytes = [canary, `\0\0\0\0\x01${canary}`, `\0\0\0\0\x63${canary}`, '\0\0\0\0\x01\x02']
  for (const value of bytes)
    gateway.topics.append('order', { key: Buffer.from(canary), value: Buffer.from(value), timestampMs: gateway.clock.now() })
  await gateway.settle()
  await gateway.clock.advance(2000)
  const served = await ServedConsole.start(t, undefined, gateway)
  t.ok(JSON.stringify(client.heard()).includes(canary), 'who may see it is sent it')
  for (const path of [
    'session',
    'types',
    'figures',
    'policy',
    'pipeline',
    'connections',
    'slow',
    'bad-records',
    'rights?type=order&role=all',
  ]) {
    const answer = await served.get(`/api/${path}`, tokens.actor)
    t.equal(answer.status, 200, path)
    t.notMatch(await answer.text(), canary, path)
  }
  const { records, counts } = (await (await served.get('/api/bad-records')).json()) as BadRecordsAnswer
  t.ok(records.length >= 3)
  t.equal(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    records.length,
  )
  t.match(records.at(-1), { topic: 'order', partition: 0, offset: 1, reason: 'not_avro', age_s: 2 })
  for (const { message, mend } of records) for (const text of [message, mend]) t.match(text, /\S+ \S+ \S+/)
  t.notMatch(JSON.stringify([...gateway.logged, ...served.logged]), canary)
})

test('figures come from a number on, which no text upsets', async (t) => {
  const gateway = await StatefulGateway.start()
  const served = await ServedConsole.start(t, undefined, gateway)
  await gateway.clock.advance(3000)
  const asked = async (since: string) => (await (await served.get(`/api/pipeline?since=${since}`)).json()) as PipelineAnswer
  const { next, samples } = await asked('')
  t.same([next, samples['records']!.length], [4, 4])
  t.equal((await asked('3')).samples['records']!.length, 1)
  for (const odd of ['-1', '1e9', 'x', '0x3', '99999999999999999999', '%00']) t.equal((await asked(odd)).samples['records']!.length, 4, odd)
})
