import { test } from 'tap'
import type { VerifiedToken } from '#gateway/authenticate/token-verifier.js'
import type { HttpAnswer } from '#gateway/deliver/socket/http-answer.js'
import { Upgrades } from '#gateway/deliver/socket/upgrades.js'
import { WaitingSockets } from '#gateway/deliver/socket/waiting-sockets.js'
import { policyHash } from '#policy/control/policy-record.js'
import type { Claims } from '#policy/rights.js'
import { identity } from '../support/gateway/connection-fixture.js'
import { recordingLog } from '../support/running/recording-log.js'
import type { GatewayLimits } from '#gateway/gateway-options.js'
import type { ControlConfig } from '#config/control-config.js'
import { fc } from '../support/running/seeded-properties.js'
import { controlledPolicy, ControlledWorld } from '../support/gateway/controlled-gateway.js'

const byTopic = { policyTopic: 'policy' }

test('a node whose policy stands on a topic lets nobody in before there is one that can be used', async (t) => {
  const world = new ControlledWorld(byTopic)
  const { gateway } = world.node()
  const started = gateway.start()
  const reasons: string[] = []
  const settle = async () => {
    await world.clock.settle()
    t.equal(gateway.connections.admissionRefusal(), 'starting')
    t.equal(gateway.status().ready, false)
    reasons.push(gateway.status().reasons.join())
  }
  await settle()
  world.topics.create('policy', 1)
  await settle()
  world.publish('{')
  await settle()
  t.match(reasons, [/the control topic policy does not exist/, /has no record with the key "policy"/, /POLICY_TOPIC: .* is not JSON/])
  world.publish(controlledPolicy)
  await world.clock.settle()
  await started
  t.same(gateway.status(), { ready: true, reasons: [] })
  t.equal(gateway.connections.admissionRefusal(), undefined)
})

test('a policy that is written to its topic changes the pages at each node, also while a node drains', async (t) => {
  const world = new ControlledWorld(byTopic)
  world.topics.create('policy', 1)
  world.publish(controlledPolicy)
  const nodes = [world.node(), world.node()]
  const started = Promise.all(nodes.map(({ gateway }) => gateway.start()))
  await world.clock.settle()
  await started
  world.write('o-1')
  const clients = nodes.map((node) => node.connect({ roles: ['clerk'] }))
  for (const { ask } of clients) ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order', snapshot: true })
  await world.clock.settle()
  const shown = () => clients.map(({ heard }) => heard().flatMap(({ type, data }) => (type === 'entity_update' ? [data] : [])))
  t.same(shown(), [[{ id: 'o-1', status: 'NEW' }], [{ id: 'o-1', status: 'NEW' }]])

  world.publish({ roles: { clerk: [{ action: 'read', subject: 'order', fields: ['id', 'team'] }] } })
  await world.clock.settle()
  t.same(shown(), [[{ id: 'o-1', team: 'red' }], [{ id: 'o-1', team: 'red' }]])

  // The first client reads nothing, so that its node waits for it.
  clients[0]!.transport.buffered = 1_000_000
  const stopped = nodes[0]!.gateway.stop(10_000)
  await world.clock.settle()
  world.publish({ roles: {} })
  await world.clock.settle()
  t.equal(nodes[0]!.meter.policyReloads.get('applied'), 3, 'the node that drains has read it')
  await world.clock.advance(20_000)
  await stopped
  world.publish(controlledPolicy)
  await world.clock.settle()
  t.equal(nodes[0]!.meter.policyReloads.get('applied'), 3, 'and reads nothing more behind it')
})

const byClaims = { claims: { topic: 'claims', topicOnly: [], bytesMax: 1_000_000 } }

async function controlled(config: ControlConfig, nodes = 1, limits: Partial<GatewayLimits> = {}) {
  const world = new ControlledWorld(config)
  for (const topic of ['claims', 'revocations']) world.topics.create(topic, 1)
  const started = Array.from({ length: nodes }, () => world.node(limits))
  const starts = Promise.all(started.map(({ gateway }) => gateway.start()))
  await world.clock.settle()
  await starts
  return { world, nodes: started, node: started[0]! }
}

test('changed claims act at once on the connections of their user at each node, and on nobody else', async (t) => {
  const { world, nodes } = await controlled(byClaims, 2)
  world.write('o-1', { region: 'eu', team: 'red' })
  await world.clock.settle()
  const users = ['ann', 'ben', 'cem'].flatMap((sub) =>
    nodes.map((node) => node.connect({ sub, roles: ['regional'], claims: { region: 'none' } })),
  )
  for (const { ask } of users) ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order', snapshot: true })
  const heard = async () => {
    await world.clock.settle()
    return users.map((user) =>
      user
        .heard()
        .flatMap(({ type, operation }) => (type === 'entity_update' ? [operation] : []))
        .join(),
    )
  }
  t.same(await heard(), ['', '', '', '', '', ''])
  world.tell('claims', 'ann', { region: 'eu' })
  world.tell('claims', 'ben', { region: 'us' })
  t.same(await heard(), ['create', 'create', '', '', '', ''])
  world.write('o-1', { region: 'us' })
  t.same(await heard(), ['delete', 'delete', 'create', 'create', '', ''])
  world.tell('claims', 'ben', null)
  t.same(await heard(), ['', '', 'delete', 'delete', '', ''])
  world.tell('claims', 'ann', { region: ['us'] })
  world.tell('claims', 'ben', { region: 'us' })
  world.tell('claims', 'ben', '{')
  t.same(await heard(), ['', '', '', '', '', ''], 'a change there and back')
  for (const { connection } of users) connection.closed(1000, false)
})

test('claims are in force for who connects or brings another token later', async (t) => {
  const { world, node } = await controlled(byClaims)
  world.tell('claims', 'ann', { region: 'eu', roles: ['regional'] })
  world.write('o-1', { region: 'eu' })
  await world.clock.settle()
  const ann = node.connect({ sub: 'ann', claims: { region: 'us' } })
  ann.ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order', snapshot: true })
  await world.clock.settle()
  t.match(ann.heard().at(2), { type: 'entity_update', operation: 'snapshot', data: { id: 'o-1', region: 'eu' } })
  node.sign('next', { claims: { region: 'us' } })
  ann.ask({ type: 'authenticate', token: 'next' })
  world.write('o-1', { region: 'us' })
  await world.clock.settle()
  t.same(
    ann.heard().map(({ type, operation }) => operation ?? type),
    ['authenticated', 'delete'],
  )
})

test('claims that change again while a large page is compared leave it right, whenever an event comes between', async (t) => {
  const ids = Array.from({ length: 450 }, (_none, n) => `o-${n}`)
  for (let ticks = 0; ticks < 14; ticks++) {
    const { world, node } = await controlled(byClaims, 1, {
      subscriptionsMax: 500,
      subscriptionsTotalMax: 5_000,
      mailboxBytesMax: 10_000_000,
    })
    for (const id of ids) world.write(id, { region: 'eu' })
    world.tell('claims', 'ann', { region: 'eu' })
    await world.clock.settle()
    const ann = node.connect({ sub: 'ann', roles: ['regional'] })
    for (const entity_id of ids) ann.ask({ type: 'subscribe', entity_id, entity_type: 'order', snapshot: true })
    await world.clock.settle()
    world.tell('claims', 'ann', { region: 'us' })
    // A part of the page is compared then.
    for (let tick = 0; tick < 3; tick++) world.clock.tick()
    world.tell('claims', 'ann', { region: 'eu' })
    for (let tick = 0; tick < ticks; tick++) world.clock.tick()
    world.write('o-100', { region: 'eu', status: 'PAID' })
    await world.clock.settle()
    const page = new Map<unknown, unknown>()
    const wrong = ann.heard().filter(({ type, entity_id: id, operation, data }) => {
      if (type !== 'entity_update') return false
      const isWrong = page.has(id) !== (operation === 'update' || operation === 'delete')
      if (operation === 'delete') page.delete(id)
      else page.set(id, (data as { status: string }).status)
      return isWrong
    })
    t.same(wrong, [], `${ticks} ticks`)
    t.same([page.size, page.get('o-100')], [450, 'PAID'], `${ticks} ticks`)
  }
})

test('what waits for a slow reader and its claims do not show any more never leaves', async (t) => {
  const { world, node } = await controlled(byClaims)
  world.tell('claims', 'ann', { region: 'eu' })
  await world.clock.settle()
  const [ann, ben] = ['ann', 'ben'].map((sub) => node.connect({ sub, roles: ['regional'], claims: sub === 'ben' ? { region: 'eu' } : {} }))
  for (const { ask, heard, transport } of [ann!, ben!]) {
    ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order', snapshot: true })
    await world.clock.settle()
    transport.buffered = 70_000
    world.write('o-1', { region: 'eu' })
    await world.clock.settle()
    t.equal(heard().at(-1)?.['operation'], 'update', 'what leaves before the socket is known to be full')
  }
  world.write('o-1', { region: 'eu', status: 'PAID' })
  await world.clock.settle()
  world.tell('claims', 'ann', { region: 'us' })
  await world.clock.settle()
  for (const { transport, connection } of [ann!, ben!]) {
    transport.drain()
    connection.drained()
  }
  await world.clock.settle()
  const updates = (client: typeof ann) =>
    client!.heard().filter(({ type, operation }) => type === 'entity_update' && operation !== 'delete').length
  t.same([updates(ann), updates(ben)], [0, 1])
})

test('users who are told the same by a topic and by a token get the same frames', async (t) => {
  let met = 0
  const regions = fc.constantFrom('eu', 'us', undefined)
  const teams = fc.option(fc.subarray(['red', 'blue', 'green']), { nil: undefined })
  const roles = fc.subarray(['clerk', 'regional', 'member'])
  const change = fc.record({
    region: fc.constantFrom('eu', 'us'),
    team: fc.constantFrom('red', 'blue'),
    status: fc.constantFrom('NEW', 'PAID'),
  })
  const said = fc.record({ region: regions, teams, roles })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(said, fc.array(change, { maxLength: 3 })), { minLength: 1, maxLength: 4 }), async (steps) => {
      const { world, node } = await controlled(byClaims)
      const [byTopic, byToken] = [node.connect({ sub: 'topic' }), node.connect({ sub: 'token' })]
      for (const [n, [claims, changes]] of steps.entries()) {
        world.tell('claims', 'topic', claims)
        node.sign(`t${n}`, { sub: 'token', claims })
        byToken.ask({ type: 'authenticate', token: `t${n}` })
        await world.clock.advance(1_001)
        for (const { ask } of [byTopic, byToken]) ask({ type: 'subscribe', entity_id: 'o-1' })
        for (const data of changes) {
          world.write('o-1', data)
          await world.clock.settle()
        }
      }
      await world.clock.settle()
      const frames = (client: typeof byToken) => client.heard().filter(({ type }) => type === 'entity_update')
      const [ofTopic, ofToken] = [frames(byTopic), frames(byToken)]
      met += ofTopic.length
      t.same(ofTopic, ofToken)
    }),
    { numRuns: 30 },
  )
  t.ok(met > 30, `${met} frames`)
})

const byRevocations = { revocationsTopic: 'revocations' }

test('a revocation closes the connections of its user or token at once, at each node, and no other', async (t) => {
  const { world, nodes } = await controlled(byRevocations, 2)
  const tokens = [
    { sub: 'ann', claims: { iat: 1_000, jti: 'a' } },
    { sub: 'ann', clientId: 'tab-2', claims: { iat: 3_000, jti: 'b' } },
    { sub: 'ben', claims: { iat: 1_000, jti: 'c' } },
    { sub: 'cem', claims: {} },
  ]
  const clients = nodes.flatMap((node) => tokens.map((token) => node.connect(token)))
  const closed = async () => {
    await world.clock.settle()
    return clients.map(({ transport }) => transport.closedWith?.code)
  }
  const none = undefined
  t.same(await closed(), Array(8).fill(none))
  world.tell('revocations', 'sub:ann', { before: 2_000 })
  t.same(await closed(), [4503, none, none, none, 4503, none, none, none])
  world.tell('revocations', 'jti:c', '')
  t.same(await closed(), [4503, none, 4503, none, 4503, none, 4503, none])
  world.tell('revocations', 'sub:cem', '{')
  t.same(await closed(), [4503, none, 4503, 4503, 4503, none, 4503, 4503])
})

test('what waits for a client whose token is revoked never leaves', async (t) => {
  const { world, node } = await controlled(byRevocations)
  const clients = ['ann', 'ben'].map((sub) => node.connect({ sub, roles: ['clerk'] }))
  for (const { ask } of clients) ask({ type: 'subscribe', entity_id: 'o-1', entity_type: 'order' })
  await world.clock.settle()
  clients[0]!.transport.reads = false
  for (let n = 0; n < 3; n++) {
    world.write('o-1', { status: String(n) })
    world.tell('revocations', n === 1 ? 'sub:ann' : 'sub:nobody', {})
    await world.clock.settle()
  }
  const updates = clients.map(({ heard }) => heard().filter(({ type }) => type === 'entity_update').length)
  t.ok(updates[0]! < 3 && clients[0]!.transport.wasCut, 'its socket holds what must not leave')
  t.equal(updates[1], 3)
})

test('a token that is revoked while it is verified does not connect, and at no node that has read so', async (t) => {
  const { world, node } = await controlled(byRevocations)
  const { gateway, meter } = node
  const slow: (() => void)[] = []
  const verified: VerifiedToken = { sub: 'ann', roles: [], claims: { iat: 1 }, expiresAtMs: Number.MAX_SAFE_INTEGER }
  const verifier = { verify: () => new Promise<VerifiedToken>((resolve) => slow.push(() => resolve(verified))) }
  const parts = { acceptor: gateway.connections, verifier, clock: world.clock, random: () => 0, meter, log: recordingLog() }
  const limits = { frameBytesMax: 100, framesPerSecondMax: 10, idleTimeoutSeconds: 60, waitingSocketsMax: 10, upgradesPerSecondMax: 10 }
  const upgrades = new Upgrades({ ...limits, allowedOrigins: [] }, parts, new WaitingSockets(10, parts))
  const answers: HttpAnswer[] = []
  const decided = upgrades.decide({
    request: { encodedClientId: 'tab', origin: '', authorization: 'Bearer x', query: '', subprotocols: 'sluice.v1' },
    isGone: () => false,
    refuse: (answer) => answers.push(answer),
    accept: () => t.fail('it is revoked'),
  })
  world.tell('revocations', 'sub:ann', { before: 2 })
  await world.clock.settle()
  slow[0]!()
  await decided
  t.match(answers, [{ status: '401 Unauthorized', body: /"token_revoked"/ }])
  t.equal(meter.connections, 0)

  const late = world.node()
  const started = late.gateway.start()
  await world.clock.settle()
  await started
  const refusal = (claims: Claims) => late.gateway.connections.admissionRefusal(identity({ sub: 'ann', claims }))
  t.same([refusal({ iat: 1 }), refusal({ iat: 2 })], ['token_revoked', undefined])
  world.tell('revocations', 'sub:ann', null)
  await world.clock.settle()
  t.equal(refusal({ iat: 1 }), undefined, 'it was lifted')
})

test('a revoked token renews nothing, also where it is revoked while it is verified', async (t) => {
  const { world, node } = await controlled(byRevocations)
  const ann = node.connect({ sub: 'ann', claims: { iat: 10, jti: 'old' } })
  node.sign('next', { claims: { iat: 11, jti: 'next' } })
  await world.clock.settle()
  ann.heard()
  ann.ask({ type: 'authenticate', token: 'next', ref: 1 })
  world.tell('revocations', 'jti:next', '')
  await world.clock.settle()
  t.match(ann.heard(), [{ type: 'error', code: 'token_revoked', ref: 1 }])
  t.equal(ann.transport.closedWith, undefined, 'the token before is still good')
  world.tell('revocations', 'jti:next', null)
  await world.clock.advance(1_001)
  ann.ask({ type: 'authenticate', token: 'next', ref: 2 })
  await world.clock.settle()
  t.match(ann.heard(), [{ type: 'authenticated', ref: 2 }])
  world.tell('revocations', 'jti:old', '')
  await world.clock.settle()
  t.equal(ann.transport.closedWith, undefined, 'it stands by another token now')
  world.tell('revocations', 'jti:next', '')
  await world.clock.settle()
  t.equal(ann.transport.closedWith?.code, 4503)
})

test('says how far it has come, by what hash nodes tell that they hold the same, and how long pages took', async (t) => {
  const config = { ...byTopic, ...byClaims, ...byRevocations }
  const world = new ControlledWorld(config)
  for (const topic of ['policy', 'claims', 'revocations']) world.topics.create(topic, 1)
  world.tell('claims', 'ann', { region: 'eu' })
  world.tell('claims', 'ben', { region: 'eu' })
  const node = world.node()
  const started = node.gateway.start()
  t.same(
    node.meter.control.map(({ name, offset }) => [name, offset]),
    [
      ['policy', undefined],
      ['claims', undefined],
      ['revocations', undefined],
    ],
  )
  world.publish(controlledPolicy)
  await world.clock.settle()
  await started
  const offsets = ({ meter }: typeof node) => meter.control.map(({ offset }) => offset)
  t.same(offsets(node), [1, 2, 0])
  const ann = node.connect({ sub: 'ann', roles: ['clerk'] })
  await world.clock.advance(5_000)
  world.tell('claims', 'ben', null)
  world.tell('claims', 'ann', { region: 'us' })
  world.publish({ roles: {} })
  world.publish(controlledPolicy)
  world.tell('revocations', 'sub:ann', {})
  await world.clock.settle()
  t.equal(ann.transport.closedWith?.code, 4503)
  t.same(offsets(node), [3, 4, 1])
  t.same(
    node.meter.control.map(({ ageMs }) => ageMs),
    [0, 0, 0],
  )
  const { policyChangeLatency, claimsChangeLatency, revocationLatency } = node.meter
  const counts = [policyChangeLatency, claimsChangeLatency, revocationLatency].map(
    (one) => /_count (\d+)/.exec(one.samples('x').at(-1)!)?.[1],
  )
  t.same([Number(counts[0]) > 0, ...counts.slice(1)], [true, '1', '1'])

  const late = world.node()
  const lateStarted = late.gateway.start()
  await world.clock.settle()
  await lateStarted
  const hashes = [node, late].map(({ meter }) => meter.control.map(({ hash }) => hash))
  t.same(hashes[1], hashes[0])
  t.equal(hashes[0]![0], policyHash(JSON.stringify(controlledPolicy)))
})
