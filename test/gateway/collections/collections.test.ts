import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { StatefulGateway, type StatefulClient } from '../../support/gateway/stateful-gateway.js'

type Told = Record<string, unknown>

/** Asks for a collection with a snapshot. */
function collect(client: StatefulClient, where: Readonly<Record<string, unknown>>, more: object = {}): void {
  client.ask({ type: 'subscribe', entity_type: 'order', where, snapshot: true, ...more })
}

/** In short: what happened to which entity, and what else was told. */
function brief(messages: readonly Told[]): string[] {
  return messages.map(({ type, operation, entity_id: id, data, count, code }) => {
    if (type === 'entity_update') return `${String(operation)} ${String(id)} ${(data as { status?: string }).status ?? ''}`.trim()
    if (type === 'error') return `error ${String(code)}`
    return count === undefined ? String(type) : `${String(type)} ${Number(count)}`
  })
}

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
