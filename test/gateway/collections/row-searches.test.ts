import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { collectionId } from '#protocol/collection-id.js'
import { brief, collect } from '../../support/gateway/asked-collections.js'
import { StatefulGateway } from '../../support/gateway/stateful-gateway.js'

test('what is asked for by equality is found without going through all, as it is now', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 500; order++) gateway.write(`order-${order}`, { status: `s${order % 100}` })
  await gateway.settle()
  const client = gateway.connect()
  await gateway.settle()
  const { meter } = gateway
  const ask = async (where: Readonly<Record<string, unknown>>) => {
    client.heard()
    const before = meter.collectionRowsScanned
    collect(client, where)
    await gateway.settle()
    const told = brief(client.heard())
    client.ask({ type: 'unsubscribe', subscription: collectionId({ entity_type: 'order', where }) })
    return { told: told.slice(1, -1).sort(), last: told.at(-1), scanned: meter.collectionRowsScanned - before }
  }
  const first = await ask({ status: 's7' })
  t.equal(first.last, 'snapshot_complete 5')
  t.ok(first.scanned > 100 && first.scanned < 200, `its index was made in ${first.scanned} steps`)
  t.match(await ask({ status: 's8' }), { last: 'snapshot_complete 5', scanned: 5 })
  gateway.write('order-8', { status: 's9' })
  gateway.write('order-108', { status: 's8', email: 'other' })
  gateway.remove('order-208')
  gateway.write('order-1', { status: 's8' })
  gateway.write('new', { status: 's8' })
  await gateway.settle()
  t.same(await ask({ status: 's8' }), {
    told: ['new', 'order-1', 'order-108', 'order-308', 'order-408'].map((id) => `snapshot ${id} s8`),
    ...{ last: 'snapshot_complete 5', scanned: 5 },
  })
  t.match(await ask({ status: { $in: ['s8', 's9'] } }), { last: 'snapshot_complete 11', scanned: 11 })
  t.match(await ask({ status: { $ne: 's8' } }), { last: 'snapshot_complete 495' })
  t.same(
    [...meter.collectionScans],
    [
      ['index', 4],
      ['all', 1],
    ],
  )
})

test('a list of no values finds nothing, whoever wrote it, and goes through nothing', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 300; order++) gateway.write(`order-${order}`, { owner: `user-${order % 100}` })
  const ofTeams = { action: 'read', subject: 'order', fields: ['**'], conditions: { owner: { $in: '${user.teams}' } } }
  const never = { action: 'read', subject: 'order', fields: ['**'], conditions: { owner: { $in: [] } } }
  const own = { action: 'read', subject: 'order', fields: ['**'], conditions: { owner: '${user.sub}' } }
  gateway.policy.replaceBy(
    parsePolicy(
      JSON.stringify({
        roles: { teams: [ofTeams], never: [never], own: [own], both: [ofTeams, own], all: [{ ...own, conditions: undefined }] },
      }),
    ),
  )
  await gateway.settle()
  const ask = async (role: string, where: Readonly<Record<string, unknown>>) => {
    const client = gateway.connect({ sub: 'user-7', roles: [role], claims: { sub: 'user-7', teams: [] } })
    await gateway.settle()
    client.heard()
    const before = gateway.meter.collectionRowsScanned
    collect(client, where)
    await gateway.settle()
    const told = brief(client.heard()).at(-1)
    gateway.write('order-7', { owner: 'user-7', email: `asked by ${role}` })
    await gateway.settle()
    return { told, live: brief(client.heard()), scanned: gateway.meter.collectionRowsScanned - before }
  }
  const nothing = { told: 'snapshot_complete 0', live: [], scanned: 0 }
  for (const role of ['teams', 'never'])
    for (const where of [{}, { email: 'x' }, { email: { $in: [] } }]) t.same(await ask(role, where), nothing)
  for (const role of ['own', 'both', 'all'])
    for (const where of [{ email: { $in: [] } }, { $and: [{ owner: 'user-7' }, { email: { $in: [] } }] }])
      t.same(await ask(role, where), nothing)
  t.match(await ask('both', {}), { told: 'snapshot_complete 3', live: ['update order-7'] })
})

test('own orders are found by whom they are of, and those of somebody else when the claims change', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 400; order++) gateway.write(`order-${order}`, { owner: `user-${order % 100}` })
  await gateway.settle()
  const clients = Array.from({ length: 5 }, (_none, nth) => gateway.connect({ sub: `user-${nth}`, roles: ['own'] }))
  await gateway.settle()
  for (const client of clients) {
    client.heard()
    collect(client, {})
  }
  await gateway.settle()
  for (const client of clients) t.equal(brief(client.heard()).at(-1), 'snapshot_complete 4')
  const rules = (user: string) => [{ action: 'read', subject: 'order', fields: ['id'], conditions: { owner: user } }]
  const before = gateway.meter.collectionScans.get('all')
  gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { own: rules('${user.sub}') } })))
  await gateway.settle()
  for (const client of clients) t.equal(client.heard().filter(({ operation }) => operation === 'update').length, 4)
  t.equal(gateway.meter.collectionScans.get('all'), before)
  gateway.policy.replaceBy(parsePolicy(JSON.stringify({ roles: { own: rules('user-7') } })))
  await gateway.settle()
  for (const client of clients) {
    const operations = client.heard().map(({ operation }) => operation)
    t.same(operations, ['delete', 'delete', 'delete', 'delete', 'create', 'create', 'create', 'create'])
  }
})

test('an index is forgotten when nobody has needed it for some minutes', async (t) => {
  const gateway = await StatefulGateway.start()
  for (let order = 0; order < 400; order++) gateway.write(`order-${order}`, { owner: `user-${order % 100}` })
  await gateway.settle()
  const client = gateway.connect({ sub: 'user-1' })
  await gateway.settle()
  const { indexes } = gateway.meter.versions!.byType.get('order')!
  t.equal(indexes.bytes, 0)
  collect(client, { owner: 'user-1' })
  await gateway.settle()
  t.ok(indexes.bytes > 0)
  await gateway.clock.advance(60 * 60_000)
  t.ok(indexes.bytes > 0, 'somebody is subscribed')
  client.leave()
  await gateway.clock.advance(4 * 60_000)
  t.ok(indexes.bytes > 0, 'the client may come back')
  await gateway.clock.advance(3 * 60_000)
  t.equal(indexes.bytes, 0)
})
