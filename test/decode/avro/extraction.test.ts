import { isDeepStrictEqual } from 'node:util'
import { fc } from '../../support/seeded-properties.js'
import { test } from 'tap'
import { Exact, Instant } from '../../../src/decode/entity-schema.js'
import { Branch, encode } from '../../support/avro-cases.js'
import { allLeaves, entityCases, leavesCalled, parseEntity } from '../../support/entity-cases.js'
import { plainRecordComparison } from '../../support/plain-values.js'

test('extracts exactly the leaves asked for, whatever the schema, the value and the leaves', (t) => {
  fc.assert(
    fc.property(entityCases, ({ schema, value, bytes, entity, leaves, root }) => {
      const extracted = entity.extractionOf(leaves)(bytes, 0)
      const plain = plainRecordComparison(schema, value, root)
      if (!isDeepStrictEqual(extracted, plain)) t.strictSame(extracted, plain)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

test('gives each value in the form in which conditions compare it', (t) => {
  const field = (name: string, type: unknown) => ({ name, type })
  const schema = {
    type: 'record',
    name: 'Thing',
    fields: [
      field('small', 'long'),
      field('big', 'long'),
      field('price', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }),
      field('day', { type: 'int', logicalType: 'date' }),
      field('at', { type: 'long', logicalType: 'timestamp-micros' }),
      field('clock', { type: 'int', logicalType: 'time-millis' }),
      field('nan', 'double'),
      field('absent', ['null', 'string']),
      field('map', { type: 'map', values: 'string' }),
    ],
  }
  const value = {
    ...{ small: 5n, big: 2n ** 60n, price: Buffer.from([3, 0xe8]), day: 1, at: 7n, clock: 1000, nan: NaN },
    ...{ absent: new Branch(0, null), map: new Map([['k', 'x']]) },
  }
  const entity = parseEntity(schema)
  t.strictSame(entity.extractionOf(allLeaves(entity))(encode(schema as never, value), 0), {
    ...{ small: 5, big: new Exact(2n ** 60n, 0), price: new Exact(1000n, 2) },
    ...{ day: new Instant(86_400_000_000_000n), at: new Instant(7000n), clock: '00:00:01.000' },
    ...{ nan: null, absent: null, map: ['x'] },
  })
  t.strictSame(entity.extractionOf(leavesCalled(entity, 'small'))(encode(schema as never, value), 0), { small: 5 })
  t.end()
})

test('a branch without anything that was asked for is not null to a condition', (t) => {
  const open = { type: 'record', name: 'Open', fields: [] }
  const closed = { type: 'record', name: 'Closed', fields: [{ name: 'reason', type: 'string' }] }
  const schema = { type: 'record', name: 'Thing', fields: [{ name: 'state', type: ['null', open, closed] }] }
  const entity = parseEntity(schema)
  const stateOf = (branch: Branch) => entity.extractionOf(allLeaves(entity))(encode(schema, { state: branch }), 0)
  t.strictSame(stateOf(new Branch(0, null)), { state: null })
  t.strictSame(stateOf(new Branch(1, {})), { state: {} })
  t.strictSame(stateOf(new Branch(2, { reason: 'sold' })), { state: { reason: 'sold' } })
  t.end()
})
