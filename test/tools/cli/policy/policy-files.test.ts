import { test } from 'tap'
import { runPolicy } from '../../../support/tools/policy-run.js'

const fields = ['id', 'status', '__deleted', '__op'].map((name) => ({ name, type: 'string' }))
const files = {
  'order.json': JSON.stringify({ id: 'o1', status: 'PAID' }),
  'claims.json': '{"sub":"amy","roles":["all"]}',
  'policy.json': JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['**'] }] } }),
  'next.json': JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['*'] }] } }),
  'named.json': JSON.stringify({ roles: { all: [{ action: 'read', subject: 'order', fields: ['id', '__op'] }] } }),
  'cases.yaml':
    '- name: amy sees all\n  user: { sub: amy, roles: [all] }\n  entity: order\n  event: { id: o1, status: PAID }\n  expect: [id, status]\n',
  'entities.json': JSON.stringify({
    order: { layout: 'single-topic', envelope: 'none', streamable: true, marks: { deleted: '__deleted', operation: '__op' } },
  }),
  schemas: { 'order.avsc': JSON.stringify({ type: 'record', name: 'Order', fields }) },
}

test('by the entities file no command about policies takes a mark for data, and each knows what is streamable', async (t) => {
  const dir = t.testdir(files)
  const [policy, schemas] = [`${dir}/policy.json`, ['--schemas', `${dir}/schemas`]]
  const entities = ['--entities', `${dir}/entities.json`]
  const explain = [
    'explain',
    '--user',
    `${dir}/claims.json`,
    '--event',
    `${dir}/order.json`,
    '--entity',
    'order',
    '--policy',
    policy,
    ...schemas,
  ]
  t.same((await runPolicy(...explain)).code, 78, 'without it the marks are missing from the event')
  const explained = await runPolicy(...explain, ...entities)
  t.same(explained, { code: 0, out: explained.out, err: '' })
  t.match(explained.out, 'Sent is {"id":"o1","status":"PAID"}')
  t.notMatch(explained.out, '__')
  t.match(await runPolicy('test', `${dir}/cases.yaml`, '--policy', policy, ...schemas, ...entities), { code: 0, err: '' })
  t.match(await runPolicy('who-can', 'order.status', '--policy', policy, ...schemas, ...entities), { code: 0, err: '' })
  t.not((await runPolicy('who-can', 'order.__op', '--policy', policy, ...schemas, ...entities)).code, 0, 'it is no field of the entity')
  t.same((await runPolicy('diff', policy, `${dir}/next.json`, ...schemas, ...entities)).code, 0)
  t.match(await runPolicy('lint', `${dir}/named.json`, ...schemas, ...entities), { out: /__op/ }, 'a rule that names a mark shows nothing')
})
