import { test } from 'tap'
import { parseFieldPattern } from '#policy/rules/field-pattern.js'
import { policyPlace } from '#policy/rules/policy-file.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { parseEntity } from '../../support/values/entity-cases.js'
import { orderSchema } from '../../support/values/order.js'

function named(text: string, schema: EntitySchema = orderSchema): string[] {
  return parseFieldPattern(text, policyPlace)
    .leavesOf(schema)
    .map((leaf) => schema.leaves[leaf]!)
}

test('names leaves by path, container, wildcards and tag', (t) => {
  const all = [...orderSchema.leaves]
  t.same(named('total'), ['total'])
  t.same(named('address.city'), ['address.city'])
  t.same(named('address'), ['address.city', 'address.geo.lat'])
  t.same(named('*'), all)
  t.same(named('**'), all)
  t.same(named('address.*'), ['address.city', 'address.geo.lat'])
  t.same(named('*.*.*'), ['address.geo.lat'])
  t.same(named('*.sku'), ['items.sku'])
  t.same(named('**.lat'), ['address.geo.lat'])
  t.same(named('**.total'), ['total'])
  t.same(named('total.**'), ['total'])
  t.same(named('address.**.lat'), ['address.geo.lat'])
  t.same(named('tag:PII'), ['address.city'])
  t.end()
})

test('names nothing that is not there', (t) => {
  for (const text of [
    'addr',
    'address.cit',
    'address.city.*',
    'total.*',
    'tag:pii',
    'tag:constructor',
    '__proto__',
    'constructor',
    '*.*.*.*',
  ]) {
    t.same(named(text), [], text)
  }
  t.end()
})

test('takes no time on patterns that would make a search go back again and again', (t) => {
  const deep = { leaves: [Array.from({ length: 300 }, () => 'a').join('.')] } as unknown as EntitySchema
  const started = process.hrtime.bigint()
  t.same(named(Array.from({ length: 100 }, () => '**.a').join('.') + '.**.b', deep), [])
  t.ok(process.hrtime.bigint() - started < 500_000_000n)
  t.end()
})

test('where a tag may stand anywhere, what hides it hides all, and what shows it shows no more for it', (t) => {
  const unsure: EntitySchema = Object.assign(Object.create(orderSchema) as EntitySchema, { mayCarry: (tag: string) => tag === 'PII' })
  const named = (tag: string, shows: boolean) => parseFieldPattern(`tag:${tag}`, policyPlace, shows).leavesOf(unsure)
  t.equal(named('PII', false).length, orderSchema.leaves.length)
  t.same(named('PII', true), [...orderSchema.tags.get('PII')!])
  t.same(named('SECRET', false), [])
  t.end()
})

test('names fields beyond identifiers, and refuses what looks like something else', (t) => {
  const names = ['order-status', '$status', '2nd', 'größe', 'two words', 'a/b']
  const schema = parseEntity({ type: 'record', name: 'Odd', fields: names.map((name) => ({ name, type: 'string' })) })
  for (const name of names) t.same(named(name, schema), [name])
  for (const text of ['', 'a..b', 'add*', ' total', 'total ', 'Tag:PII', 'items.0', 'items[0]', '${user.x}', 'a\n'])
    t.throws(() => parseFieldPattern(text, policyPlace), { name: 'ConfigurationError' }, text)
  t.end()
})
