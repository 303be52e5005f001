import { test } from 'tap'
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
