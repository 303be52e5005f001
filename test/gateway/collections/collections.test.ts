import { test } from 'tap'
import { collectionId } from '#protocol/collection-id.js'
import { parsePolicy } from '#policy/role-policy.js'
import { brief, collect } from '../../support/gateway/asked-collections.js'
import { StatefulGateway, type StatefulClient } from '../../support/gateway/stateful-gateway.js'

test('begins with all that pass, and tells of what comes, changes and goes', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.write('a', { status: 'PAID' })
  gateway.write('b', { status: 'NEW' })
  gateway.write('c', { status: 'PAID' })
  await gateway.settle()
  const client = gateway.connect()
  await gateway.settle()
  client.heard()
  collect(client, { status: 'PAID' }, { ref: 7 })
  await gateway.settle()
  const first = client.heard()
  t.same(brief(first).sort(), ['snapshot a PAID', 'snapshot c PAID', 'snapshot_complete 2', 'subscription_success'])
  t.equal(first[0]?.['type'], 'subscription_success')
  t.equal(first.at(-1)?.['type'], 'snapshot_complete')
  t.ok(first.every(({ subscription }) => subscription === first[0]!['subscription']))
  t.ok(first.every(({ cursor }) => cursor === undefined))
  t.same([first[0]!['ref'], first.at(-1)!['ref']], [7, 7])
  gateway.write('b', { status: 'PAID' })
  gateway.write('a', { status: 'PAID', email: 'other' })
  gateway.write('c', { status: 'NEW' })
  gateway.write('d', { status: 'NEW' })
  gateway.write('e', { status: 'PAID' })
  gateway.remove('a')
  await gateway.settle()
  t.same(brief(client.heard()), ['create b PAID', 'update a PAID', 'delete c', 'update e PAID', 'delete a'])
})

test('a filter sees what its subscriber sees', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.write('a', { email: 'x', owner: 'ann' })
  gateway.write('b', { email: 'y', owner: 'bob' })
  await gateway.settle()
  const client = gateway.connect({ roles: ['some'] })
  const own = gateway.connect({ roles: ['own'], clientId: 'another' })
  await gateway.settle()
  client.heard()
  own.heard()
  collect(client, { email: 'x' })
  collect(client, { nope: 'x' })
  await gateway.settle()
  const refusals = client.heard()
  t.same(brief(refusals), ['error field_unknown', 'error field_unknown'])
  t.same(refusals[0], refusals[1])
  collect(own, { owner: { $ne: 'ann' } })
  await gateway.settle()
  t.same(brief(own.heard()), ['subscription_success', 'snapshot_complete 0'])
  collect(own, { email: { $in: ['x', 'y'] } }, { fields: ['status'] })
  await gateway.settle()
  t.same(
    own.heard().map(({ data }) => data),
    [undefined, { status: 'NEW' }, undefined],
  )
})

test('changed rights change what is on the page', async (t) => {
  const gateway = await StatefulGateway.start()
  for (const [id, owner] of [
    ['a', 'ann'],
    ['b', 'bob'],
  ] as const)
    gateway.write(id, { owner })
  await gateway.settle()
  const client = gateway.connect({ roles: ['all'] })
  collect(client, {})
  await gateway.settle()
  client.heard()
  gateway.policy.replaceBy(
    parsePolicy(
      JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['status'], conditions: { owner: 'ann' } }] } }),
    ),
  )
  await gateway.settle()
  t.same(
    client
      .heard()
      .map(({ operation, entity_id, data }) => [operation, entity_id, data])
      .sort(),
    [
      ['delete', 'b', {}],
      ['update', 'a', { status: 'NEW' }],
    ],
  )
  gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['status'] }] } })))
  await gateway.settle()
  t.same(brief(client.heard()), ['create b NEW'])
  gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { other: [{ action: 'read', subject: 'order', fields: ['status'] }] } })))
  await gateway.settle()
  t.same(brief(client.heard()).sort(), ['delete a', 'delete b', 'error forbidden'])
})

test('a type of which nothing is shown, too many collections and too many entities are refused by name', async (t) => {
  const gateway = await StatefulGateway.start({ collectionsMax: 2, collectionEntitiesMax: 3 })
  for (const id of ['a', 'b', 'c']) gateway.write(id)
  await gateway.settle()
  const client = gateway.connect()
  await gateway.settle()
  client.heard()
  collect(client, {})
  collect(client, { status: 'NEW' })
  collect(client, { status: 'PAID' })
  for (let again = 0; again < 1000; again++) collect(client, {})
  client.ask({ type: 'subscribe', entity_type: 'parcel', where: {} })
  await gateway.settle()
  const first = client.heard()
  t.same(
    first.filter(({ type }) => type === 'error').map(({ code }) => code),
    ['too_many_collections', 'forbidden'],
  )
  t.equal(first.filter(({ type, subscription }) => type === 'snapshot_complete' && subscription === first[0]!['subscription']).length, 1)
  gateway.write('d', { status: 'PAID' })
  await gateway.settle()
  const then = client.heard()
  t.same(brief(then), ['update d PAID', 'error collection_too_large'], 'one has more than it may have, the other stands')
  gateway.write('e', { status: 'PAID' })
  gateway.write('c', { status: 'PAID' })
  await gateway.settle()
  t.same(brief(client.heard()), ['delete c'])
  collect(client, {})
  await gateway.settle()
  t.same(brief(client.heard()).at(-1), 'error collection_too_large', 'nor may it begin so')
  t.equal(gateway.meter.subscriptions, 1)
  client.leave()
  t.equal(gateway.meter.subscriptions, 0)
})

test('a user has so many collections on all connections together, and those of one that has left are free again', async (t) => {
  const gateway = await StatefulGateway.start({ connectionsMax: 20, collectionsMax: 2, subscriptionsTotalMax: 10_000 })
  gateway.write('a')
  await gateway.settle()
  const wheres = [{ status: 'NEW' }, { status: { $ne: 'PAID' } }]
  const refused = (client: StatefulClient) => client.heard().filter(({ code }) => code === 'too_many_collections').length
  const clients = Array.from({ length: 11 }, (_none, nth) => gateway.connect({ clientId: `tab-${nth}` }))
  const other = gateway.connect({ sub: 'bob' })
  await gateway.settle()
  for (const client of [...clients, other]) for (const where of wheres) collect(client, where)
  await gateway.settle()
  t.same([...clients, other].map(refused), [...Array.from({ length: 10 }, () => 0), 2, 0])
  clients[0]!.ask({ type: 'unsubscribe', subscription: collectionId({ entity_type: 'order', where: wheres[0]! }) })
  for (const where of wheres) collect(clients[10]!, where)
  await gateway.settle()
  t.equal(refused(clients[10]!), 1)
  clients[1]!.leave()
  collect(clients[10]!, wheres[1]!)
  await gateway.settle()
  t.equal(refused(clients[10]!), 0)
})

test('two who ask for the same share what is read and encoded, and one who leaves is told nothing more', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 50; order++) gateway.write(`order-${order}`)
  await gateway.settle()
  const clients = Array.from({ length: 20 }, (_none, number) => gateway.connect({ sub: `user-${number}` }))
  await gateway.settle()
  for (const client of clients) client.heard()
  const before = gateway.meter.framesEncoded
  for (const client of clients) collect(client, { status: { $in: ['NEW', 'PAID'] } })
  await gateway.settle()
  t.equal(gateway.meter.framesEncoded - before, 50)
  const [first, ...others] = clients
  const [{ subscription } = {}] = first!.heard()
  for (const client of others) t.equal(client.heard().length, 52)
  first!.ask({ type: 'unsubscribe', subscription: String(subscription), ref: 'end' })
  gateway.write('order-1', { status: 'PAID' })
  await gateway.settle()
  t.same(brief(first!.heard()), ['unsubscription_success'])
  for (const client of others) t.same(brief(client.heard()), ['update order-1 PAID'])
  first!.ask({ type: 'unsubscribe', subscription: String(subscription) })
  await gateway.settle()
  t.same(brief(first!.heard()), ['error not_subscribed'])
})

test('a long list comes in portions as its client reads, and what changes meanwhile goes live', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 600; order++) gateway.write(`order-${order}`, { email: 'x'.repeat(500) })
  await gateway.settle()
  const client = gateway.connect()
  await gateway.settle()
  client.heard()
  client.transport.reads = false
  collect(client, {})
  await gateway.settle()
  const portion = client.transport.received.length
  t.ok(portion > 50 && portion < 400, `${portion} of 600 are in the socket`)
  gateway.write('order-1', { status: 'PAID' })
  gateway.remove('order-2')
  for (let round = 0; round < 20; round++) {
    client.drain()
    await gateway.settle()
  }
  const heard = client.heard()
  t.equal(heard.at(-1)?.['type'], 'snapshot_complete')
  const rows = new Map<unknown, unknown>()
  for (const { type, operation, entity_id, data } of heard) {
    if (type !== 'entity_update') continue
    if (operation === 'delete') rows.delete(entity_id)
    else rows.set(entity_id, (data as { status: string }).status)
  }
  t.equal(rows.size, 599)
  t.equal(rows.get('order-1'), 'PAID')
  t.notOk(rows.has('order-2'))
})

test('a user goes through so many entities in a second, and others are not held up by that', async (t) => {
  const gateway = await StatefulGateway.start({ scanRowsPerSecondMax: 100 })
  for (let order = 0; order < 250; order++) gateway.write(`order-${order}`)
  await gateway.settle()
  const [slow, other] = [gateway.connect(), gateway.connect({ sub: 'bob' })]
  await gateway.settle()
  for (const client of [slow, other]) client.heard()
  collect(slow, { status: { $nin: ['NEW'] } })
  await gateway.settle()
  collect(other, { status: { $nin: ['nothing'] } })
  await gateway.settle()
  t.same(brief(slow.heard()), ['subscription_success'])
  t.equal(other.heard().length, 101)
  await gateway.clock.advance(3_000)
  t.same(brief(slow.heard()), ['snapshot_complete 0'])
  t.equal(brief(other.heard()).at(-1), 'snapshot_complete 250')
})

test('one who reads slowly falls behind those who ask for the same, and comes to all of it in the end', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 600; order++) gateway.write(`order-${order}`, { email: 'x'.repeat(500) })
  await gateway.settle()
  const [quick, slow] = [gateway.connect({ sub: 'bob' }), gateway.connect()]
  await gateway.settle()
  for (const client of [quick, slow]) client.heard()
  slow.transport.reads = false
  for (const client of [slow, quick]) collect(client, {})
  await gateway.settle()
  t.equal(brief(quick.heard()).at(-1), 'snapshot_complete 600')
  for (let round = 0; round < 20; round++) {
    slow.drain()
    await gateway.settle()
  }
  const heard = slow.heard()
  t.equal(brief(heard).at(-1), 'snapshot_complete 600')
  t.equal(new Set(heard.map(({ entity_id }) => entity_id)).size, 601)
})

test('what is owed from before a snapshot does not stand for what the snapshot names', async (t) => {
  const gateway = await StatefulGateway.start()
  gateway.write('a')
  await gateway.settle()
  const client = gateway.connect()
  await gateway.settle()
  collect(client, {}, { max_hz: 0.1 })
  await gateway.settle()
  for (const status of ['PAID', 'PACKED', 'SHIPPED']) {
    gateway.write('a', { status })
    await gateway.settle()
  }
  client.heard()
  collect(client, {}, { max_hz: 0.1 })
  await gateway.settle()
  t.same(brief(client.heard()), ['update a SHIPPED', 'subscription_success', 'update a SHIPPED', 'snapshot_complete 1'])
})
