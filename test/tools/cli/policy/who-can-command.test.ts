import { test } from 'tap'
import { skipRealParts } from '../../../support/real-parts/real-parts.js'
import { onControlTopic, runControl } from '../../../support/tools/control-commands.js'
import { runPolicy } from '../../../support/tools/policy-run.js'

const policy = ['--policy', 'schemas/policy.json']

test('tells which roles see a field, and when', async (t) => {
  t.same(await runPolicy('who-can', 'order.total', ...policy), {
    code: 0,
    out: 'support    order.total  always\nwarehouse  order.total  never\ncustomer   order.total  if customer_id = ${user.sub}\n',
    err: '',
  })
  const { out } = await runPolicy('who-can', 'order.tag:INTERNAL', ...policy, '--json')
  t.match(JSON.parse(out), [
    { role: 'support', entity_type: 'order', leaves: [{ path: 'margin', tags: ['INTERNAL'], shown: 'never' }, {}] },
    {},
    {},
  ])
})

test('takes the longer of two names of types that fit', async (t) => {
  const record = (name: string, type: unknown) => ({ type: 'record', name, streamable: true, fields: [{ name: 'line', type }] })
  const rule = { action: 'read', subject: 'order.items', fields: ['line'] }
  const folder = t.testdir({
    'order.avsc': JSON.stringify({ ...record('Order', 'string'), fields: [{ name: 'items', type: record('Items', 'string') }] }),
    'order.items.avsc': JSON.stringify(record('OrderItems', 'string')),
    'policy.json': JSON.stringify({ roles: { all: [rule] } }),
  })
  const { out } = await runPolicy('who-can', 'order.items.line', '--schemas', folder, '--policy', `${folder}/policy.json`)
  t.equal(out, 'all  order.items.line  always\n')
})

test('says what it does not know', async (t) => {
  t.match(await runPolicy('who-can', 'ordr.total', ...policy), {
    code: 78,
    err: /"ordr.total" begins with no known entity type; there are customer, order, parcel/,
  })
  t.match(await runPolicy('who-can', 'order', ...policy), { code: 78, err: '"order" names no field; all of the type are "order.**".\n' })
  t.match(await runPolicy('who-can', 'order.totl', ...policy), { code: 78, err: /"totl" names no field of "order"/ })
  t.match(await runPolicy('who-can', 'order.a*b', ...policy), { code: 78, err: /"a\*b" is no path, pattern or tag/ })
  t.match(await runPolicy('who-can', 'order.total', '--policy', 'none.json'), { code: 78, err: /none.json cannot be read/ })
  t.match(await runPolicy('who-can', 'order.total', '--policy', 'schemas/order.avsc'), {
    code: 78,
    err: /^schemas\/order\.avsc: The policy's type /,
  })
})

test('says which rules hang on claims from the topic', { skip: skipRealParts }, async (t) => {
  const { topics, topic, variables } = await onControlTopic(t, 'CLAIMS_TOPIC')
  const rule = (field: string, claim: string) => ({
    action: 'read',
    subject: 'order',
    fields: [field],
    conditions: { id: `\${user.${claim}}` },
  })
  const rules = [rule('id', 'region'), rule('total', 'team.id'), rule('total', 'level'), rule('total', 'region')]
  const dir = t.testdir({ 'policy.json': JSON.stringify({ roles: { clerk: rules, other: [rule('total', 'region')] } }) })
  const claims = { ann: '{"region":"eu"}', ben: '{"region":null,"team":{"id":7}}', cem: '{"region":"us"}', dan: '{' }
  await topics.produce(
    topic,
    Object.entries(claims).map(([key, value]) => ({ key, value })),
  )
  await topics.produce(topic, [{ key: 'cem', value: null }])
  const line = ['policy', 'who-can', 'order.total', '--policy', `${dir}/policy.json`, '--claims-topic', topic]
  const { code, out } = await runControl(variables, ...line)
  t.equal(code, 0)
  t.same(
    out.split('\n').filter((text) => text.includes('hangs on')),
    [
      "roles.clerk[1] hangs on the claims' topic: 1 user has team.id by it.",
      "roles.clerk[3] hangs on the claims' topic: 2 users have region by it.",
      "roles.other[0] hangs on the claims' topic: 2 users have region by it.",
    ],
  )
  const json = JSON.parse((await runControl(variables, ...line, '--json')).out) as unknown
  t.match(json, [{ role: 'clerk', claims_from_topic: [{ rule: 'roles.clerk[1]', claim: 'team.id', users: 1 }, {}] }, {}])
})
