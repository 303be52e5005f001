import { test } from 'tap'
import { Cursors } from '#gateway/table/cursor.js'
import { EntityUpdate } from '#gateway/authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import { bytesBehindData } from '#protocol/update-text.js'
import { FrameRoom } from '#gateway/authorize/frame-room.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import { BadRecordError } from '#errors.js'
import { Meter } from '#gateway/observe/meter.js'
import { encode, type AvroJson, type AvroObject } from '../../support/values/avro-cases.js'
import { allLeaves, parseEntity } from '../../support/values/entity-cases.js'
import { fakeEvent } from '../../support/gateway/fake-rights.js'
import { fc } from '../../support/running/seeded-properties.js'

const record = (name: string, fields: Record<string, AvroJson>): AvroObject => ({
  ...{ type: 'record', name },
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
})

function roomOf(frameBytesMax: number) {
  const reported: unknown[] = []
  const room = new FrameRoom({
    frameBytesMax,
    reportBadRecord: (_event, error) => reported.push(error),
    meter: new Meter(),
    cursors: new Cursors(() => undefined),
  })
  return { room, reported }
}

function maskOf(schema: EntitySchema, leaves: LeafSet = allLeaves(schema)) {
  return { schema, leaves, project: schema.projectionOf(leaves) }
}

const textOf = (update: EntityUpdate, dialect: Dialect) => Buffer.from(update.frame(dialect).bytes).toString()

/** Records whose JSON is some hundred times as long as their Avro. */
const small: Record<string, readonly [AvroObject, unknown]> = {
  'decimals of a large scale': [
    record('Thing', { v: { type: 'array', items: { type: 'bytes', logicalType: 'decimal', precision: 2466, scale: 2466 } } }),
    { v: Array.from({ length: 6_000 }, () => Buffer.from([1])) },
  ],
  'records of a long name': [
    record('Thing', { v: { type: 'array', items: record('One', { ['n'.repeat(100)]: 'int' }) } }),
    { v: Array.from({ length: 140_000 }, () => ({ ['n'.repeat(100)]: 1 })) },
  ],
  'a map of such records': [
    record('Thing', { v: { type: 'map', values: record('One', { ['n'.repeat(100)]: 'int' }) } }),
    { v: new Map(Array.from({ length: 20_000 }, (_none, n) => [String(n), { ['n'.repeat(100)]: 1 }])) },
  ],
  'maps within maps': [
    record('Thing', { v: { type: 'map', values: { type: 'map', values: record('One', { ['n'.repeat(1000)]: 'int' }) } } }),
    {
      v: new Map(
        Array.from({ length: 600 }, (_none, n) => [
          String(n),
          new Map([
            ['a', { ['n'.repeat(1000)]: 1 }],
            ['b', { ['n'.repeat(1000)]: 1 }],
          ]),
        ]),
      ),
    },
  ],
}

test('a small record that would become a large frame becomes an error of some bytes, and is counted', async (t) => {
  for (const [what, [type, value]] of Object.entries(small)) {
    const schema = parseEntity(type)
    const bytes = encode(type, value)
    const { room, reported } = roomOf(1_000_000)
    const event = fakeEvent({ entityId: 'thing-1', entityType: 'thing', data: { schema, bytes, start: 0 } })
    const before = process.memoryUsage().arrayBuffers
    const update = new EntityUpdate(event, maskOf(schema), room)
    t.ok(process.memoryUsage().arrayBuffers - before < 8_000_000, `${what}: nothing large is made on the way`)
    const message = 'An update of this entity is larger than a frame may be, and is not sent.'
    t.same(JSON.parse(textOf(update, 'seed')), { type: 'error', message }, what)
    const members = { code: 'update_too_large', entity_id: 'thing-1', entity_type: 'thing' }
    t.same(JSON.parse(textOf(update, 'sluice.v1')), { type: 'error', message, ...members }, what)
    t.match(reported, [{ reason: 'over_limit' }], what)
    t.equal(update.frame('seed').update, update, 'it is judged by the rights like all else')
    const deleted = new EntityUpdate({ ...event, operation: 'delete' }, maskOf(schema), room)
    t.match(JSON.parse(textOf(deleted, 'seed')), { type: 'entity_update', operation: 'delete', data: {} })
  }
})

test('no frame is longer than it may be, and none that fits is left out, whatever is in it and in either dialect', async (t) => {
  const type = record('Thing', { list: { type: 'array', items: 'string' }, map: { type: 'map', values: 'string' } })
  const schema = parseEntity(type)
  const text = fc.string({ unit: 'binary', maxLength: 2_000, size: 'max' }).map((one) => Buffer.from(one).toString())
  const value = fc.record({
    list: fc.array(text, { maxLength: 8 }),
    map: fc.array(fc.tuple(text, text), { maxLength: 4 }).map((all) => new Map(all)),
  })
  const kept = { sent: 0, tooLarge: 0 }
  const isKept = (one: unknown, near: number, dialect: Dialect) => {
    const event = fakeEvent({ data: { schema, bytes: encode(type, one), start: 0 } })
    const whole = textOf(new EntityUpdate(event, maskOf(schema), roomOf(10_000_000).room), dialect)
    const size = Buffer.byteLength(whole)
    const frameBytesMax = Math.max(4096, size + near)
    const bounded = textOf(new EntityUpdate(event, maskOf(schema), roomOf(frameBytesMax).room), dialect)
    kept[bounded === whole ? 'sent' : 'tooLarge']++
    // Room is kept for what the other dialect and a batch add.
    return Buffer.byteLength(bounded) <= frameBytesMax && (bounded === whole || size + bytesBehindData > frameBytesMax)
  }
  const dialects = ['seed', 'sluice.v1'] as const
  const near = { min: -150, max: 150 }
  // What is made smaller in search of the least of such lists is still large: it would go on for hours.
  fc.assert(fc.property(value, fc.integer(near), fc.constantFrom(...dialects), isKept), { endOnFailure: true })
  const plain = { list: ['x'.repeat(5000)], map: new Map() }
  for (const dialect of dialects)
    for (let by = near.min; by <= near.max; by++) if (!isKept(plain, by, dialect)) t.fail(`${by} bytes beside it, ${dialect}`)
  t.ok(kept.sent > 5 && kept.tooLarge > 5, 'both are met', kept)
})

test('the frames of one event with many masks are bounded together, and who is gone is always told', async (t) => {
  const fields = Object.fromEntries(Array.from({ length: 60 }, (_none, n) => [`f${n}`, 'string']))
  const type = record('Thing', fields)
  const schema = parseEntity(type)
  const bytes = encode(type, Object.fromEntries(Object.keys(fields).map((name) => [name, 'x'.repeat(9_000)])))
  const { room, reported } = roomOf(10_000)
  const event = fakeEvent({ data: { schema, bytes, start: 0 } })
  const updates = Array.from({ length: 60 }, (_none, leaf) => new EntityUpdate(event, maskOf(schema, new Set([leaf])), room))
  const sizes = updates.map((update) => update.frame('seed').size)
  t.ok(sizes.reduce((sum, size) => sum + size, 0) < 33 * 10_000)
  t.ok(sizes.filter((size) => size > 9_000).length >= 32)
  t.ok(reported.length > 0 && reported.every((error) => error instanceof BadRecordError && error.reason === 'over_limit'))
  const gone = fakeEvent({ operation: 'delete', entityId: '\u0000'.repeat(256), data: { schema, bytes, start: 0 } })
  room.bytesFor(gone)
  room.spend(1_000_000)
  const deleted = new EntityUpdate(gone, maskOf(schema), room)
  t.match(JSON.parse(textOf(deleted, 'sluice.v1')), { type: 'entity_update', operation: 'delete' })
  const next = new EntityUpdate({ ...event }, maskOf(schema, new Set([0])), room)
  t.ok(next.frame('seed').size > 9_000, 'the next event has room again')
})

test('masks that are too large take no room from those that are small, however many they are, and are tried within a bound', async (t) => {
  const type = record('Thing', { large: 'string', middle: 'string', small: 'string' })
  const schema = parseEntity(type)
  const bytes = encode(type, { large: 'x'.repeat(300_000), middle: 'x'.repeat(100_000), small: 'x'.repeat(5_000) })
  const { room, reported } = roomOf(200_000)
  const event = fakeEvent({ data: { schema, bytes, start: 0 } })
  const sizeUnder = (leaf: number) => new EntityUpdate(event, maskOf(schema, new Set([leaf])), room).frame('seed').size
  t.ok(sizeUnder(1) > 100_000)
  for (let mask = 0; mask < 500; mask++) t.ok(sizeUnder(0) < 200)
  t.ok(sizeUnder(2) > 5_000, 'a small one passes')
  t.ok(sizeUnder(1) < 200, 'one that is not small is not tried any more')
  t.equal(reported.length, 501)
})
