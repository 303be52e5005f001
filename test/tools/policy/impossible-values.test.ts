import { test } from 'tap'
import { impossibleValuesOf } from '#tools/policy/impossible-values.js'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import type { Condition } from '#policy/rules/condition.js'
import { JudgedValue } from '#policy/rules/judged-value.js'
import { policyPlace } from '#policy/rules/policy-file.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { entityCases, parseEntity } from '../../support/values/entity-cases.js'
import { fc } from '../../support/running/seeded-properties.js'

const conditionOf = (json: unknown) => parseCondition(json, policyPlace)

const status = { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] }
const line = {
  type: 'record',
  name: 'Line',
  fields: ['sku', 'gift'].map((name) => ({ name, type: name === 'gift' ? 'boolean' : 'string' })),
}
const order = recordOf({
  ...{ id: 'string', status, total: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }, count: ['null', 'int'] },
  ...{ placed: { type: 'long', logicalType: 'timestamp-millis' }, at: { type: 'int', logicalType: 'time-millis' }, paid: 'boolean' },
  ...{ items: { type: 'array', items: line }, words: { type: 'map', values: ['string', 'Status'] }, size: ['double', 'string'] },
})

function recordOf(fields: Readonly<Record<string, unknown>>): EntitySchema {
  return parseEntity({ type: 'record', name: 'Order', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) })
}

function found(json: object): string[] {
  return impossibleValuesOf(conditionOf(json), [order]).map(({ path, value, instead }) => `${path} ${value}: ${instead}`)
}

test('finds what is compared with a value that is never there', async (t) => {
  t.same(found({ status: 'SHIPED' }), ['status "SHIPED": one of NEW, PAID'])
  t.same(found({ status: { $ne: 'paid' } }), ['status "paid": one of NEW, PAID'])
  t.same(found({ status: { $nin: ['NEW', 'OLD', 5] } }), ['status "OLD": one of NEW, PAID', 'status 5: one of NEW, PAID'])
  t.same(found({ $or: [{ paid: 'yes' }, { $and: [{ total: { $gt: '10 EUR' } }] }] }), [
    'paid "yes": true or false',
    'total "10 EUR": a number',
  ])
  t.same(found({ count: { $not: { $lt: 'many' } }, id: 5 }), ['count "many": a number', 'id 5: a text'])
  t.same(found({ placed: { $gte: 'yesterday' } }), ['placed "yesterday": a date or time'])
  t.same(found({ items: { $elemMatch: { sku: 1, gift: 'no' } } }), ['items.sku 1: a text', 'items.gift "no": true or false'])
  t.same(found({ 'items.gift': { $elemMatch: { $eq: 0 } } }), ['items.gift 0: true or false'])
  t.same(found({ items: 'a' }), ['items "a": a record'])
  t.same(found({ words: 5, size: true }), ['words 5: one of NEW, PAID or a text', 'size true: a number or a text'])
})

test('leaves alone what may be there', async (t) => {
  const good = {
    status: { $in: ['NEW', '${user.status}', null] },
    total: { $gt: '10.00', $lte: 20 },
    count: '5',
    paid: true,
    at: '08:00:00',
  }
  t.same(found(good), [])
  t.same(found({ placed: { $gte: '2026-01-01' }, words: 'anything', size: { $in: [1.5, 'L'] }, items: { $size: 0 } }), [])
  t.same(found({ status: { $gt: 'O', $exists: true }, id: '${user.sub}', nowhere: 5 }), [])
})

test('asks all schemas in which the path is', async (t) => {
  const other = recordOf({ status: 'string', total: 'string' })
  t.same(impossibleValuesOf(conditionOf({ status: 'SHIPED', total: 'free', count: 1 }), [order, other]), [])
  t.match(impossibleValuesOf(conditionOf({ status: 1 }), [order, other]), [{ instead: 'one of NEW, PAID or a text' }])
})

const operators = ['$eq', '$gt', '$gte', '$lt', '$lte'] as const
const fixed = ['', 'x', '10', '2026-01-01', 0, 10, -1.5, true, false]

test('never calls a value impossible with which a generated event meets the condition', async (t) => {
  const seen = { impossible: 0, met: 0 }
  fc.assert(
    fc.property(entityCases, fc.constantFrom(...operators), ({ entity, bytes, paths }, operator) => {
      for (const path of paths) {
        for (const literal of [...fixed, ...scalarsIn(entity.extractionOf([path])(bytes, 0))]) {
          const condition = parsed({ [path]: { [operator]: literal } })
          if (condition === undefined) continue
          const isMet = condition.bind({})!.test(new JudgedValue(entity.extractionOf(condition.paths)(bytes, 0)))
          const isImpossible = impossibleValuesOf(condition, [entity]).length > 0
          if (isMet && isImpossible) return false
          seen.met += Number(isMet)
          seen.impossible += Number(isImpossible)
        }
      }
      return true
    }),
  )
  t.ok(seen.met > 100 && seen.impossible > 100, JSON.stringify(seen))
})

/** What stands in the event itself, so that conditions are often met. */
function scalarsIn(value: unknown): (string | number | boolean)[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalarsIn) : []
}

/** Undefined where a policy may not say so. */
function parsed(json: unknown): Condition | undefined {
  try {
    return conditionOf(json)
  } catch {
    return undefined
  }
}
