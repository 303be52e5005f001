import { test } from 'tap'
import { PolicyInForce } from '#gateway/authorize/policy-in-force.js'
import { Meter } from '#gateway/observe/meter.js'
import { fakeSchema } from '../../support/gateway/fake-rights.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

const textOf = (field: string) => JSON.stringify({ roles: { clerk: [{ action: 'read', subject: 'order', fields: [field] }] } })

function inForce() {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const policies = new PolicyInForce(textOf('id'), meter, recordingLog(lines))
  const state = () => [meter.policyFileInForce, ...policies.current.rules.map(({ patterns }) => patterns[0]?.text)]
  let replacements = 0
  policies.follow(() => replacements++)
  return { policies, meter, lines, state, replacements: () => replacements }
}

test('a policy that can be used counts, and what cannot be used changes nothing but the metrics and the log', async (t) => {
  const { policies, meter, lines, state, replacements } = inForce()
  t.same(state(), [true, 'id'])
  policies.changed(textOf('status'))
  t.equal(replacements(), 1)
  t.same(state(), [true, 'status'])
  for (const bad of ['', '{', '{"roles":{"clerk":[{"action":"write"}]}}', '['.repeat(1e5), `"${'x'.repeat(1e7)}"`]) {
    policies.changed(bad)
    t.same(state(), [false, 'status'], bad.slice(0, 40))
    t.match(lines.at(-1), { level: 'error', fields: { reason: /^POLICY_FILE: The policy's/ } })
  }
  policies.changed(textOf('status'))
  t.same(state(), [true, 'status'], 'the file says again what counts')
  t.equal(replacements(), 1, 'nobody hears of a policy that is none, or the same')
  t.same(
    [...meter.policyReloads],
    [
      ['applied', 1],
      ['refused', 5],
      ['unchanged', 1],
    ],
  )
})

test('a file that is away keeps the policy, and what it holds when it is back decides whether that is the one in force', async (t) => {
  const { policies, lines, state } = inForce()
  policies.unreadable('gone')
  t.same(state(), [false, 'id'])
  policies.readable()
  t.same(state(), [true, 'id'])
  t.match(lines.at(-1), { level: 'info', fields: { in_force: true } })
  policies.changed('{')
  policies.unreadable('gone')
  policies.readable()
  t.same(state(), [false, 'id'], 'it holds what cannot be used')
})

test('says which fields of a schema no rule names, once for as many, and what the policy names that no schema has', async (t) => {
  const { policies, meter, lines } = inForce()
  const schema = (...leaves: string[]) => ({ ...fakeSchema('order'), leaves })
  policies.learned(schema('id'))
  t.same(lines, [])
  const many = Array.from({ length: 22 }, (_, n) => `f${n}`)
  for (let n = 0; n < 2; n++) policies.learned(schema('id', ...many))
  t.equal(lines.length, 1)
  t.match(lines[0], { fields: { entity_type: 'order', fields: /^f0, .*, f19 and 2 more$/ } })
  t.equal(meter.fieldsWithoutRule.get('order'), 22)
  policies.warnOfUnknown([schema('status')])
  t.match(lines.at(-1), { level: 'warn', message: /names "id", which no known schema of "order" has/ })
})
