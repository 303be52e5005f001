import { test } from 'tap'
import { runPolicy } from '../../../support/tools/policy-run.js'

const rule = (fields: string[], more: object = {}) => ({ action: 'read', subject: 'order', fields, ...more })
const policyOf = (...rules: object[]) => JSON.stringify({ roles: { support: rules } })

test('tells what each role would see more, and less, and leaves with 1', async (t) => {
  const dir = t.testdir({
    'old.json': policyOf(rule(['id', 'status']), rule(['total'], { conditions: { region: 'eu' } })),
    'new.json': policyOf(rule(['id', 'margin']), rule(['total'], { conditions: { region: 'us' } })),
  })
  t.same(await runPolicy('diff', `${dir}/old.json`, `${dir}/new.json`), {
    code: 1,
    out:
      'more   support  order.margin (INTERNAL)  never -> always\n' +
      'other  support  order.total              if region = "eu" -> if region = "us"\n' +
      'less   support  order.status             always -> never\n',
    err: '',
  })
  const { out } = await runPolicy('diff', `${dir}/old.json`, `${dir}/new.json`, '--json')
  t.match(await runPolicy('diff', `${dir}/old.json`, 'schemas/order.avsc'), { code: 78, err: /^schemas\/order\.avsc: The policy's type / })
  t.match(JSON.parse(out), [{ kind: 'wider', entity_type: 'order', path: 'margin', before: 'never', after: 'always' }, {}, {}])
})

test('leaves with 0 where everybody sees the same, however it is written', async (t) => {
  const dir = t.testdir({ 'old.json': policyOf(rule(['items'])), 'new.json': policyOf(rule(['items.*'])) })
  t.same(await runPolicy('diff', `${dir}/old.json`, `${dir}/new.json`), { code: 0, out: 'Every role sees the same.\n', err: '' })
})
