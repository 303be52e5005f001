import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { SlowReaders } from '#sample/slow-readers.js'
import { identity } from '../support/gateway/connection-fixture.js'
import { FakeTransport } from '../support/gateway/fake-transport.js'
import { StatefulGateway } from '../support/gateway/stateful-gateway.js'

/** Two who look at the same order, both by way of what can slow them down. */
async function twoReaders() {
  const gateway = await StatefulGateway.start()
  gateway.write('order-1')
  const readers = new SlowReaders(gateway.clock)
  const acceptor = readers.before(gateway.gateway.connections)
  const connect = (clientId: string) => {
    const socket = new FakeTransport()
    const connection = acceptor.accept(identity({ sub: 'ann', roles: ['all'], clientId }), socket)
    connection.receiveText('{"type":"subscribe","entity_type":"order","entity_id":"order-1"}')
    return { socket, connection, told: () => socket.received.splice(0).map((text) => JSON.parse(text) as Record<string, unknown>) }
  }
  const [slow, other] = [connect('slow'), connect('other')]
  await gateway.settle()
  const change = async (status: string) => {
    gateway.write('order-1', { status })
    await gateway.settle()
  }
  const statuses = (told: readonly Record<string, unknown>[]) =>
    told.map(({ type, data, missed }) => (type === 'gap' ? missed : (data as { status: string } | undefined)?.status))
  slow.told()
  other.told()
  return { gateway, readers, acceptor, slow, other, change, statuses }
}

test('who reads slowly is told the latest at each read, with how many were left out; all others are told all', async (t) => {
  const { gateway, readers, slow, other, change, statuses } = await twoReaders()
  t.ok(readers.setPace({ sub: 'ann', clientId: 'slow' }, true))
  for (const status of ['A', 'B', 'C', 'D']) await change(status)
  t.same(statuses(slow.told()), ['A'], 'the socket has room for one')
  t.same(statuses(other.told()), ['A', 'B', 'C', 'D'])
  await gateway.clock.advance(2999)
  t.same(slow.told(), [])
  await gateway.clock.advance(1)
  t.same(statuses(slow.told()), [2, 'D'])
  await change('E')
  await gateway.clock.advance(3000)
  t.same(statuses(slow.told()), ['E'], 'nothing was left out')
})

test('who reads normally again is told at once what was left out, and all from then on', async (t) => {
  const { gateway, readers, slow, change, statuses } = await twoReaders()
  readers.setPace({ sub: 'ann', clientId: 'slow' }, true)
  for (const status of ['A', 'B', 'C']) await change(status)
  slow.told()
  readers.setPace({ sub: 'ann', clientId: 'slow' }, false)
  await gateway.settle()
  t.same(statuses(slow.told()), [1, 'C'])
  for (const status of ['D', 'E']) await change(status)
  t.same(statuses(slow.told()), ['D', 'E'])
  await gateway.clock.advance(3000)
  t.same(slow.told(), [])
})

test('a pace ends with its connection, and a client that is not connected has none', async (t) => {
  const { gateway, readers, acceptor, slow } = await twoReaders()
  const client = { sub: 'ann', clientId: 'slow' }
  readers.setPace(client, true)
  const replacing = new FakeTransport()
  const next = acceptor.accept(identity({ sub: 'ann', roles: ['all'], clientId: 'slow' }), replacing)
  await gateway.settle()
  slow.connection.closed(4000, true)
  t.ok(readers.setPace(client, true), 'it is the later one now')
  t.equal(replacing.bufferedBytes(), 0)
  next.closed(1000, false)
  t.notOk(readers.setPace(client, true))
  t.notOk(readers.setPace({ sub: 'eve', clientId: 'slow' }, true))
})

test('a slow reader whose rights are taken away is cut off, as what is in its socket cannot be kept back', async (t) => {
  const { gateway, readers, slow, other, change } = await twoReaders()
  readers.setPace({ sub: 'ann', clientId: 'slow' }, true)
  await change('A')
  gateway.policy.replaceBy(parsePolicy('{"roles":{}}'))
  await gateway.settle()
  t.ok(slow.socket.wasCut)
  t.notOk(other.socket.wasCut)
})
