import { test } from 'tap'
import { PolicyInForce } from '#gateway/authorize/policy-in-force.js'
import { PolicyTable } from '#gateway/control/policy-table.js'
import { Meter } from '#gateway/observe/meter.js'
import { policyHash } from '#policy/control/policy-record.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

const textOf = (field: string) => JSON.stringify({ roles: { clerk: [{ action: 'read', subject: 'order', fields: [field] }] } })

function tableOf() {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const log = recordingLog(lines)
  const policy = new PolicyInForce(undefined, meter, log, 'POLICY_TOPIC')
  const table = new PolicyTable(policy, log)
  const take = (value: string | Buffer | null, key = 'policy') =>
    table.take({ key, value: value === null ? null : Buffer.from(value), timestampMs: 0 })
  return { table, take, meter, lines, policy, shown: () => policy.current.rules.map(({ patterns }) => patterns[0]?.text) }
}

const unusable: Readonly<Record<string, readonly [string | Buffer | null, RegExp]>> = {
  'is a tombstone': [null, /has no record with the key "policy"/],
  'is empty': ['', /is not JSON/],
  'is no JSON': ['{', /is not JSON/],
  'has other bytes than UTF-8': [Buffer.from([0xc3, 0x28]), /is not UTF-8/],
  'is of 10 MB': [' '.repeat(10_000_000), /has 10000000 bytes/],
  'does not load': ['{"roles":{"clerk":[{"action":"write"}]}}', /roles\.clerk\[0\]/],
}

for (const [what, [value, reason]] of Object.entries(unusable)) {
  test(`a policy on a topic that ${what} leaves a node that starts unready, and one that runs with the one before`, async (t) => {
    const starting = tableOf()
    starting.take(textOf('id'))
    starting.take(value)
    starting.table.caughtUp()
    t.match(starting.table.status(), { ready: false, reason })
    t.same(starting.shown(), [], 'the one before it on the topic is in force nowhere')
    t.equal(starting.meter.policyFileInForce, false)
    starting.take(textOf('id'))
    t.match(starting.table.status(), { ready: true, reason: undefined })
    t.same(starting.shown(), ['id'])

    starting.take(value)
    t.match(starting.table.status(), { ready: true, reason })
    t.same(starting.shown(), ['id'], 'the one before stays')
    t.match(starting.lines.at(-1), { level: 'error', fields: { reason: /^POLICY_TOPIC: / }, message: /the one before stays in force/ })
    t.equal(starting.table.hash, policyHash(textOf('id')))
  })
}

test('a node whose policy topic holds nothing is not ready, and says why', async (t) => {
  const { table } = tableOf()
  table.caughtUp()
  t.match(table.status(), { ready: false, reason: 'POLICY_TOPIC: The topic has no record with the key "policy".' })
  t.equal(table.hash, '')
})

test('of what a starting node reads, only the last policy is ever in force', async (t) => {
  const { table, take, shown, policy } = tableOf()
  let replacements = 0
  policy.follow(() => replacements++)
  for (const field of ['all', 'some', 'id']) take(textOf(field))
  t.same(shown(), [])
  table.caughtUp()
  table.caughtUp()
  t.same(shown(), ['id'])
  t.equal(replacements, 1)
})

test('a topic that is made anew keeps the policy until it holds another', async (t) => {
  const { table, take, shown } = tableOf()
  take(textOf('id'))
  table.caughtUp()
  table.beginAnew()
  table.caughtUp()
  t.same(shown(), ['id'], 'empty')
  table.beginAnew()
  take(textOf('wide'))
  take(textOf('status'))
  t.same(shown(), ['id'])
  table.caughtUp()
  t.same(shown(), ['status'])
})

test('a record under another key than that of the policy means nothing, and is said', async (t) => {
  const { table, take, shown, lines } = tableOf()
  take(textOf('id'), 'polcy')
  table.caughtUp()
  t.same(shown(), [])
  t.match(lines[0], { level: 'error', fields: { key: 'polcy' } })
})

test('where a record was lost that may be a later policy, a node does not start by an older one', async (t) => {
  const { table, take, shown } = tableOf()
  take(textOf('id'))
  table.lost()
  table.caughtUp()
  t.match(table.status(), { ready: false, reason: /publish the policy again/ })
  take(textOf('status'))
  t.match(table.status(), { ready: true, reason: undefined })
  t.same(shown(), ['status'])
})
