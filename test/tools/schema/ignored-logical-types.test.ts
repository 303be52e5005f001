import { test } from 'tap'
import { ignoredLogicalTypesIn } from '#tools/schema/ignored-logical-types.js'
import { orderFile } from '../../support/schemas/entity-file.js'

/** What is found of a field of this type. */
function found(type: unknown, more: object = {}): string[] {
  return ignoredLogicalTypesIn(orderFile([{ name: 'of', type, ...more }])).map(({ place, what }) => `${place.at.join('.')} ${what}`)
}

test('finds logical types that nobody knows, or that stand on a type that cannot carry them', (t) => {
  const ofLong = (logicalType: unknown) => found({ type: 'long', logicalType })
  t.same(ofLong('timestamp-milis'), ['fields.1.type "of" is no timestamp-milis: the gateway knows no such logical type.'])
  t.same(ofLong('constructor'), ['fields.1.type "of" is no constructor: the gateway knows no such logical type.'])
  t.same(ofLong(5), ['fields.1.type "of" is no 5: the gateway knows no such logical type.'])
  t.same(ofLong('date'), ['fields.1.type "of" is no date: that stands on int, and this is of the type long.'])
  t.same(ofLong('decimal'), ['fields.1.type "of" is no decimal: that stands on bytes or fixed, and this is of the type long.'])
  t.same(found({ type: 'array', items: 'int', logicalType: 'uuid' }), [
    'fields.1.type "of" is no uuid: that stands on string or fixed, and this is of the type array.',
  ])
  t.same(found('long', { logicalType: 'timestamp-millis' }), [
    'fields.1 "of" is no timestamp-millis: it is said of the field, and not within its type.',
  ])
  t.end()
})

test('finds decimals without digits that they may have, and sizes that are no duration and no uuid', (t) => {
  const decimal = (more: object) => found({ type: 'bytes', logicalType: 'decimal', ...more })
  t.same(decimal({ precision: 4, scale: 9 }), ['fields.1.type "of" is no decimal: its precision is 4, its scale is 9.'])
  t.same(decimal({}), ['fields.1.type "of" is no decimal: its precision is missing, its scale is 0.'])
  const fixed = (logicalType: string, size: number) =>
    found({ type: 'fixed', name: 'Few', size, logicalType, ...(logicalType === 'decimal' && { precision: 12, scale: 2 }) })
  t.same(fixed('decimal', 2), ['fields.1.type "of" is no decimal: its precision is 12, its scale is 2, its size is 2.'])
  t.same(fixed('uuid', 12), ['fields.1.type "of" is no uuid: its size is 12.'])
  t.same(fixed('duration', 16), ['fields.1.type "of" is no duration: its size is 16.'])
  t.same([fixed('decimal', 6), fixed('uuid', 16), fixed('duration', 12), decimal({ precision: 4 })].flat(), [])
  t.end()
})

test('looks into unions, arrays, maps and records, and not into defaults', (t) => {
  const wrong = { type: 'int', logicalType: 'time-micros' }
  const inner = { type: 'record', name: 'Inner', fields: [{ name: 'deep', type: wrong }] }
  t.match(found(['null', { type: 'array', items: { type: 'map', values: inner } }]), [
    /^fields\.1\.type\.1\.items\.values\.fields\.0\.type "deep" is no time-micros/,
  ])
  t.same(found({ type: 'map', values: 'string' }, { default: { logicalType: 'x' } }), [])
  t.end()
})
