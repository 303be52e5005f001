import { test } from 'tap'
import { checkViews } from '#tools/policy/view-check.js'
import type { EntityFile } from '#schema/files/schema-folder.js'

/** Fields on lines of their own, from the second on. */
function entity(streamable: boolean, ...fields: object[]): EntityFile {
  const text = `{"type":"record","name":"Order","streamable":${streamable},"fields":[\n${fields.map((field) => JSON.stringify(field)).join(',\n')}\n]}`
  return { entityType: 'order', file: 'order.avsc', text, schema: JSON.parse(text) as EntityFile['schema'], references: [] }
}

const field = (name: string, ...tags: string[]) => ({ name, type: 'string', ...(tags.length > 0 && { 'confluent:tags': tags }) })
const rule = (fields: string[], more: object = {}) => ({ action: 'read', subject: 'order', fields, ...more })
const policy = JSON.stringify({
  roles: { support: [rule(['**']), rule(['tag:PII'], { inverted: true })], sales: [rule(['id', 'note'], { conditions: { id: 'x' } })] },
})

function found(before: readonly object[], after: readonly object[]): string[] {
  const findings = checkViews(policy, before.length === 0 ? [] : [entity(true, ...before)], [entity(true, ...after)])
  return findings.map(({ rule: id, severity, line, what }) => `${line} ${severity} ${id} ${what}`)
}

test('says which role would see a new field, and fails where it is tagged', (t) => {
  t.same(found([field('id')], [field('id'), field('total'), field('email', 'PII'), field('margin', 'INTERNAL')]), [
    '3 warning schema/field-shown "support" would see order.total always, and saw it never.',
    '5 error schema/tagged-field-shown "support" would see order.margin (INTERNAL) always, and saw it never.',
  ])
  t.end()
})

test('fails where a tag that hid a field is taken for another', (t) => {
  t.same(found([field('email', 'PII')], [field('email', 'CONTACT')]), [
    '2 error schema/tagged-field-shown "support" would see order.email (PII, CONTACT) always, and saw it never.',
  ])
  t.end()
})

test('fails where the tag that hid a field is taken off', (t) => {
  t.same(found([field('email', 'PII')], [field('email')]), [
    '2 error schema/tagged-field-shown "support" would see order.email (PII) always, and saw it never.',
  ])
  t.end()
})

test('fails where what is tagged would be seen under another condition', (t) => {
  const conditional = (tag: string, id: string) => rule([`tag:${tag}`], { conditions: { id } })
  const byTag = JSON.stringify({ roles: { sales: [conditional('PII', 'x'), conditional('CONTACT', 'y')] } })
  const findings = checkViews(
    byTag,
    [entity(true, field('id'), field('email', 'PII'))],
    [entity(true, field('id'), field('email', 'CONTACT'))],
  )
  t.match(findings, [
    { rule: 'schema/tagged-field-shown', what: '"sales" would see order.email (PII, CONTACT) if id = "y", and saw it if id = "x".' },
  ])
  t.equal(findings.length, 1)
  t.end()
})

test('says what a role would not see any more, or under another condition, of fields that are still there', (t) => {
  t.same(found([field('id'), field('note'), field('gone')], [field('id'), field('note', 'PII')]), [
    '3 warning schema/field-hidden "support" would see order.note (PII) never, and saw it always.',
  ])
  t.end()
})

test('takes an entity that is new for one that nobody saw', (t) => {
  t.same(found([], [field('id', 'PII')]), [
    '2 error schema/tagged-field-shown "sales" would see order.id (PII) if id = "x", and saw it never.',
  ])
  t.end()
})

test('takes an entity that begins to be streamed for one that nobody saw, and one that ends to be for one that is gone', (t) => {
  const fields = [field('id'), field('margin', 'INTERNAL')]
  const rules = (wasStreamed: boolean, isStreamed: boolean) =>
    checkViews(policy, [entity(wasStreamed, ...fields)], [entity(isStreamed, ...fields)]).map(({ rule: id, line }) => `${line} ${id}`)
  t.same(rules(false, true), ['2 schema/field-shown', '3 schema/tagged-field-shown'], 'to sales the id is shown by its name')
  t.same([rules(true, true), rules(false, false), rules(true, false)], [[], [], []])
  t.end()
})

test('finds nothing of an untagged field that is shown just as a rule says that writes it out', (t) => {
  const shownBy = (...rules: object[]) =>
    checkViews(JSON.stringify({ roles: { sales: rules } }), [], [entity(true, field('id'), field('email', 'PII'))]).map(
      ({ rule: id, line }) => `${line} ${id}`,
    )
  t.same(shownBy(rule(['id'])), [])
  t.same(shownBy(rule(['*', 'id']), rule(['tag:PII'], { inverted: true })), [])
  t.same(shownBy(rule(['id'], { conditions: { id: 'x' } })), [])
  t.same(shownBy(rule(['*'])).slice(0, 1), ['2 schema/field-shown'])
  t.same(shownBy(rule(['id'], { conditions: { id: 'x' } }), rule(['**']), rule(['email'], { inverted: true })), ['2 schema/field-shown'])
  t.same(shownBy(rule(['email'])), ['3 schema/tagged-field-shown'], 'what is tagged is an error all the same')
  t.end()
})

test('finds a field that is shown with the record in which it lies', (t) => {
  const place = { name: 'place', type: { type: 'record', name: 'Place', fields: [field('city')] } }
  const findings = checkViews(JSON.stringify({ roles: { sales: [rule(['place'])] } }), [], [entity(true, place)])
  t.match(findings, [{ rule: 'schema/field-shown', what: /order\.place\.city/ }])
  t.end()
})

test('reads a file once, however many findings stand in it', (t) => {
  const many = Array.from({ length: 3000 }, (_, index) => ({ ...field(`field_${index}`), doc: 'x'.repeat(200) }))
  const startMs = performance.now()
  t.equal(found([], many).length, 3000)
  // Half a second; with the file parsed anew for each of them it is half a minute.
  t.ok(performance.now() - startMs < 5000)
  t.end()
})
