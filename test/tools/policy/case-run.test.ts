import { test } from 'tap'
import { CaseRunner, type CaseResult } from '#tools/policy/case-run.js'
import type { PolicyCase } from '#tools/policy/case-file.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import { PolicyReading } from '#tools/policy/policy-reading.js'
import { ConfigurationError } from '#errors.js'
import { policyText, type ShortRule } from '../../support/values/order.js'

const fields = [
  { name: 'id', type: 'string' },
  { name: 'number', type: 'long' },
  { name: 'region', type: 'string' },
  { name: 'items', type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }] } } },
]
const schema = { type: 'record', name: 'Order', fields } as const
const encoder = EntityEncoder.of({ entityType: 'order', file: 'order.avsc', text: JSON.stringify(schema), schema, references: [] })

function encoderOf(entityType: string): EntityEncoder {
  if (entityType !== 'order') throw new ConfigurationError(`There is no ${entityType}.`)
  return encoder
}

const event = { id: 'a', number: 9007199254740993n, region: 'eu', items: [{ sku: 'x' }] }
const rules: ShortRule[] = [
  { show: ['id', 'number'] },
  { show: ['items'], when: { region: '${user.region}' } },
  { hide: ['id', 'number'], when: { region: 'cn' } },
]

function run(change: Partial<PolicyCase>, runner = runnerOf(rules)): CaseResult {
  const user = { roles: ['some'], region: 'eu' }
  return runner.run({ name: 'it', line: 1, user, entity: 'order', event, before: undefined, expect: [], ...change })
}

function runnerOf(all: readonly ShortRule[]): CaseRunner {
  return new CaseRunner(new PolicyReading({ file: 'policy.json', text: policyText({ some: all }) }), encoderOf, ['roles'])
}

test('compares the fields that are shown, named as rules name them', (t) => {
  t.match(run({ expect: ['id', 'number', 'items'] }), { outcome: 'passed', reasons: [] })
  t.match(run({ expect: ['id', 'items.sku', 'number'] }), { outcome: 'passed' })
  t.match(run({ expect: ['id', 'region'] }), {
    outcome: 'failed',
    expected: '["id","region"]',
    got: '["id","number","items.sku"]',
    reasons: [
      { paths: ['number'], shown: true, lines: ['roles.some[0] (line 1)', /^not by roles\.some\[2\]/] },
      { paths: ['region'], shown: false, lines: ['no rule shows it'] },
      { paths: ['items.sku'], shown: true, lines: [/^roles\.some\[1\].* holds/] },
    ],
  })
  t.match(run({ expect: [], user: { roles: [] } }), { outcome: 'passed' }, 'nothing is shown')
  t.end()
})

test('compares the data that is sent to the last digit, in whatever order its members are', (t) => {
  const expect = { number: 9007199254740993n, items: [{ sku: 'x' }], id: 'a' }
  t.match(run({ expect }), { outcome: 'passed' })
  t.match(run({ expect: { ...expect, number: 9007199254740992n } }), {
    outcome: 'failed',
    expected: '{"id":"a","items":[{"sku":"x"}],"number":9007199254740992}',
    got: '{"id":"a","items":[{"sku":"x"}],"number":9007199254740993}',
    reasons: [{ paths: ['number'], shown: true }],
  })
  t.match(run({ expect: { id: 'a' } }), { outcome: 'failed', reasons: [{ paths: ['number'] }, { paths: ['items.sku'] }] })
  t.match(run({ expect: {}, event: { ...event, region: 'cn' } }), { outcome: 'passed' }, 'nothing is sent')
  t.end()
})

test('says what a client is told where its visibility changes, and of an event alone', (t) => {
  const hidden = { ...event, region: 'cn' }
  const told = (now: PolicyCase['event'], before?: PolicyCase['event']) =>
    ['create', 'update', 'delete', 'nothing'].filter(
      (expect) => run({ event: now, before, expect: expect as 'create' }).outcome === 'passed',
    )
  t.same(
    [told(event, event), told(event, hidden), told(hidden, event), told(hidden, hidden)],
    [['update'], ['create'], ['delete'], ['nothing']],
  )
  t.same([told(event), told(hidden)], [['update'], ['nothing']])
  t.match(run({ event: hidden, before: event, expect: 'update' }), {
    outcome: 'failed',
    expected: 'update',
    got: 'delete',
    reasons: [
      { paths: ['id', 'number'], shown: false },
      { paths: ['region'] },
      { paths: ['items.sku'] },
      { paths: ['before: id', 'before: number'], shown: true },
    ],
  })
  t.end()
})

test('takes an entity without an event for deleted, which is told to those who saw some of it', (t) => {
  const hidden = { ...event, region: 'cn' }
  t.match(run({ event: undefined, before: event, expect: 'delete' }), { outcome: 'passed' })
  t.match(run({ event: undefined, before: hidden, expect: 'nothing' }), { outcome: 'passed' })
  t.match(run({ event: undefined, before: event, expect: {} }), { outcome: 'passed' }, 'its data is empty')
  t.match(run({ event: undefined, before: event, expect: ['id'] }), { outcome: 'failed', expected: '["id"]', got: '[]' })
  t.match(run({ event: undefined, before: hidden, expect: 'delete' }), {
    outcome: 'failed',
    got: 'nothing',
    reasons: [{ paths: ['before: id', 'before: number'], shown: false }, { paths: ['before: region'] }, { paths: ['before: items.sku'] }],
  })
  t.end()
})

test('takes for hidden what has no place in the event, as nothing is sent of it', (t) => {
  const note = { name: 'note', type: ['string', { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] }] }
  const noted = { type: 'record', name: 'Order', fields: [note] } as const
  const file = { entityType: 'order', file: 'order.avsc', text: JSON.stringify(noted), schema: noted, references: [] }
  const reading = new PolicyReading({
    file: 'policy.json',
    text: policyText({ some: [{ show: ['note'] }, { hide: ['note'] }, { show: ['**.text'] }] }),
  })
  const runner = new CaseRunner(reading, () => EntityEncoder.of(file), ['roles'])
  t.match(run({ event: { note: { text: 'a' } }, expect: 'update' }, runner), { outcome: 'passed' })
  t.match(run({ event: { note: 'a' }, expect: 'nothing' }, runner), { outcome: 'passed' })
  t.match(run({ event: { note: 'a' }, expect: [] }, runner), { outcome: 'passed' })
  t.end()
})

test('knows which rules have decided, before the event as well', (t) => {
  const runner = runnerOf(rules)
  run({ expect: 'nothing', event: { ...event, region: 'cn' } }, runner)
  t.same([...runner.decided], ['roles.some[2]'])
  run({ expect: 'nothing', event: { ...event, region: 'cn' }, before: event }, runner)
  t.same([...runner.decided].sort(), ['roles.some[0]', 'roles.some[1]', 'roles.some[2]'])
  t.end()
})

test('takes the claims as the gateway does, which lacks a number that was rounded', (t) => {
  const runner = runnerOf([{ show: ['id'], when: { number: '${user.number}' } }])
  t.match(run({ user: { roles: 'some', number: 9007199254740993n }, expect: 'nothing' }, runner), { outcome: 'passed' })
  t.match(run({ user: { roles: 'some', number: '9007199254740993' }, expect: 'update' }, runner), { outcome: 'passed' })
  t.end()
})

test('calls a case broken that cannot be run', (t) => {
  t.match(run({ event: { id: 'a' } }), { outcome: 'broken', why: "The event's number is missing." })
  t.match(run({ event: { ...event, extra: 1 } }), { outcome: 'broken', why: /^The event's extra .* must be left out/ })
  t.match(run({ before: { id: 'a' } }), { outcome: 'broken', why: "The before's number is missing." })
  t.match(run({ entity: 'parcel' }), { outcome: 'broken', why: 'There is no parcel.' })
  t.match(run({ expect: ['totl'] }), { outcome: 'broken', why: '"totl" names no field of "order".' })
  t.match(run({ expect: ['to*tal'] }), { outcome: 'broken', why: '"to*tal" is no path, pattern or tag.' })
  t.end()
})
