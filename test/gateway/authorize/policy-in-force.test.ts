import { test } from 'tap'
import { PolicyInForce } from '#gateway/authorize/policy-in-force.js'
import { Meter } from '#gateway/observe/meter.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

const textOf = (field: string) => JSON.stringify({ roles: { clerk: [{ action: 'read', subject: 'order', fields: [field] }] } })

function inForce() {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const policies = new PolicyInForce(textOf('id'), meter, recordingLog(lines))
  const state = () => [meter.policyFileInForce, ...policies.policy.rules.map(({ patterns }) => patterns[0]?.text)]
  return { policies, meter, lines, state }
}

test('a policy that can be used counts, and what cannot be used changes nothing but the metrics and the log', async (t) => {
  const { policies, meter, lines, state } = inForce()
  t.same(state(), [true, 'id'])
  t.ok(policies.replaceBy(textOf('status')))
  t.same(state(), [true, 'status'])
  for (const bad of ['', '{', '{"roles":{"clerk":[{"action":"write"}]}}', '['.repeat(1e5), `"${'x'.repeat(1e7)}"`]) {
    t.equal(policies.replaceBy(bad), undefined)
    t.same(state(), [false, 'status'], bad.slice(0, 40))
    t.match(lines.at(-1), { level: 'error', fields: { reason: /^POLICY_FILE: The policy's/ } })
  }
  t.equal(policies.replaceBy(textOf('status')), undefined)
  t.same(state(), [true, 'status'], 'the file says again what counts')
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
  policies.keep('gone')
  t.same(state(), [false, 'id'])
  policies.readable()
  t.same(state(), [true, 'id'])
  t.match(lines.at(-1), { level: 'info', fields: { in_force: true } })
  policies.replaceBy('{')
  policies.keep('gone')
  policies.readable()
  t.same(state(), [false, 'id'], 'it holds what cannot be used')
})
