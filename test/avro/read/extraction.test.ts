import { isDeepStrictEqual } from 'node:util'
import { fc } from '../../support/running/seeded-properties.js'
import { test } from 'tap'
import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import { Branch, encode } from '../../support/values/avro-cases.js'
import { entityCases, parseEntity } from '../../support/values/entity-cases.js'
import { plainRecordComparison } from '../../support/values/plain-values.js'

test('extracts exactly what the paths lead to, whatever the schema, the value and the paths', (t) => {
  fc.assert(
    fc.property(entityCases, ({ schema, value, bytes, entity, paths, root }) => {
      const extracted = entity.extractionOf(paths)(bytes, 0)
      const plain = plainRecordComparison(schema, value, root.types, paths)
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
  t.strictSame(entity.extractionOf(entity.leaves)(encode(schema as never, value), 0), {
    ...{ small: 5, big: new Exact(2n ** 60n, 0), price: new Exact(1000n, 2) },
    ...{ day: new Instant(86_400_000_000_000n), at: new Instant(7000n), clock: '00:00:01.000' },
    ...{ nan: null, absent: null, map: ['x'] },
  })
  t.strictSame(entity.extractionOf(['small'])(encode(schema as never, value), 0), { small: 5 })
  t.end()
})

test('says of containers that they are there, of which no leaf is or was asked for', (t) => {
  const field = (name: string, type: unknown) => ({ name, type })
  const mark = { type: 'record', name: 'Mark', fields: [] }
  const closed = { type: 'record', name: 'Closed', fields: [field('reason', 'string')] }
  const fields = [field('state', ['null', mark, closed]), field('marks', { type: 'array', items: 'Mark' }), field('other', 'string')]
  const schema = { type: 'record', name: 'Thing', fields }
  const entity = parseEntity(schema)
  const valuesOf = (state: Branch, ...paths: string[]) =>
    entity.extractionOf(paths)(encode(schema as never, { state, marks: [{}, {}], other: 'x' }), 0)
  t.strictSame(valuesOf(new Branch(0, null), 'state', 'marks'), { state: null, marks: [{}, {}] })
  t.strictSame(valuesOf(new Branch(1, {}), 'state'), { state: {} })
  t.strictSame(valuesOf(new Branch(2, { reason: 'sold' }), 'state'), { state: {} })
  t.strictSame(valuesOf(new Branch(2, { reason: 'sold' }), 'state.reason'), { state: { reason: 'sold' } })
  t.end()
})

test('follows a path deeper than leaves are shown', (t) => {
  const schema = { type: 'record', name: 'Part', fields: [{ name: 'parts', type: { type: 'array', items: 'Part' } }] }
  const nested = (depth: number): object => ({ parts: depth === 0 ? [] : [nested(depth - 1)] })
  const values = parseEntity(schema).extractionOf(['parts.parts.parts.parts.parts.parts'])(encode(schema, nested(5)), 0)
  t.equal(JSON.stringify(values), JSON.stringify(nested(5)))
  t.end()
})

test('compiles records that hold each other once for each step of a path, not for each of the 2^24 ways through them', (t) => {
  const other = { type: 'record', name: 'Other', fields: [{ name: 'next', type: ['null', 'Thing', 'Other'] }] }
  const schema = { type: 'record', name: 'Thing', fields: [{ name: 'next', type: ['null', 'Thing', other] }] }
  const path = Array.from({ length: 24 }, () => 'next').join('.')
  t.same(parseEntity(schema).extractionOf([path])(Buffer.from([4, 0]), 0), { next: { next: null } })
  t.end()
})
