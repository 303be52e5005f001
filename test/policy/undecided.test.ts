import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import type { EntityDefinition } from '#entities.js'
import { Branch, encode } from '../support/values/avro-cases.js'
import { DecodeFixture, wire } from '../support/gateway/decode-fixture.js'
import { parseEntity } from '../support/values/entity-cases.js'
import { orderEvent, policyText, type ShortRule, visible } from '../support/values/order.js'

const approval = { type: 'record', name: 'Approval', fields: [{ name: 'by', type: ['null', 'string'] }] }
const line = { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] }
const many = (items: unknown) => ({ type: 'array', items })
const fields = {
  ...{ id: 'string', born_on: 'int', total: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
  ...{ approval: ['null', approval], lines: many(['null', line]), grid: many(many('Line')), tags: many('string') },
  ...{ paid: 'boolean', at: { type: 'long', logicalType: 'timestamp-millis' }, size: ['double', 'string'] },
}
const schema = { type: 'record', name: 'Order', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) }
const orders = parseEntity(schema)
const order = {
  ...{ id: 'a', born_on: 19_723, total: Buffer.from([0x03, 0xe8]), approval: new Branch(0, null), paid: true, at: 0n },
  ...{ lines: [new Branch(1, { sku: 'x' })], grid: [[{ sku: 'x' }]], tags: ['x'], size: new Branch(1, 'L') },
}

function eventOf(data: object): ChangeEvent {
  return { ...orderEvent(), data: { schema: orders, bytes: encode(schema as never, { ...order, ...data }), start: 0 } }
}

/** Whether `id` is seen: by a rule that shows it under the condition, and where one hides it under the condition. */
function seen(when: object, data: object = {}, claims = {}): [shown: boolean, spared: boolean] {
  const sees = (rules: ShortRule[]) => {
    const audience = parsePolicy(policyText({ some: rules }))
      .rightsOf(['some'], claims)
      .audienceOf('order')
    return visible(audience, eventOf(data)) !== undefined
  }
  return [sees([{ show: ['id'], when }]), sees([{ show: ['id'] }, { hide: ['id'], when }])]
}

const undecided = [false, false]
const holds = [true, false]
const fails = [false, true]

test('what cannot be decided by the schema shows nothing, and hides', async (t) => {
  const conditions = [
    ...[{ born_on: { $gt: '2008-01-01' } }, { total: 'ten' }, { total: { $ne: true } }, { paid: { $ne: 'true' } }, { at: { $lt: 5 } }],
    ...[{ id: 5 }, { id: { $nin: ['a', 5] } }, { nope: { $exists: false } }, { nope: null }, { 'grid.sku': { $ne: 'y' } }, { grid: 5 }],
    ...[{ id: { $not: { $size: 1 } } }, { 'lines.sku': { $size: 1 } }, { id: { $all: ['a'] } }, { paid: { $elemMatch: { $eq: true } } }],
    ...[{ tags: { $elemMatch: { $size: 1 } } }, { grid: { $elemMatch: { sku: 'x' } } }, { size: true }, { lines: 'x' }],
  ]
  for (const when of conditions) {
    t.same(seen(when), undecided, JSON.stringify(when))
    t.same(seen({ $nor: [when] }), undecided, `not ${JSON.stringify(when)}`)
    t.same(seen({ $or: [{ id: 'a' }, when] }), undecided, `or ${JSON.stringify(when)}`)
  }
})

test('all else is decided', async (t) => {
  t.same(seen({ total: { $in: ['10', '9.999'] } }), holds)
  t.same(seen({ at: '1970-01-01' }), holds)
  t.same(seen({ size: { $in: [1.5, 'L'] } }), holds)
  t.same(seen({ 'lines.sku': { $all: ['x'] } }), holds)
  t.same(seen({ grid: { $elemMatch: { $size: 1 } } }), holds)
  t.same(seen({ tags: { $in: [] } }), fails)
  t.same(seen({ id: { $in: ['b', null] } }), fails)
})

test('what lies behind null, or in what is no record, is missing, and missing equals null', async (t) => {
  const by = (name: string | null) => ({ approval: new Branch(1, { by: name === null ? new Branch(0, null) : new Branch(1, name) }) })
  for (const data of [{}, by(null)]) {
    t.same(seen({ 'approval.by': null }, data), holds)
    t.same(seen({ 'approval.by': { $ne: null } }, data), fails)
    t.same(seen({ 'approval.by': { $in: ['ann', null] } }, data), holds)
    t.same(seen({ 'approval.by': { $gt: '' } }, data), fails)
  }
  t.same(seen({ 'approval.by': null }, by('ann')), fails)
  t.same(seen({ 'approval.by': { $exists: true } }), fails)
  t.same(seen({ approval: null }), holds)
  const lines = [new Branch(1, { sku: 'x' }), new Branch(0, null)]
  t.same(seen({ 'lines.sku': null }, { lines }), holds)
  t.same(seen({ 'lines.sku': { $exists: false } }, { lines }), holds)
  t.same(seen({ 'lines.sku': null }, { lines: [] }), fails)
})

test('a claim of another kind is undecided for its user, and for nobody beside', async (t) => {
  const policy = parsePolicy(policyText({ some: [{ show: ['id'] }, { hide: ['id'], when: { id: '${user.sub}' } }] }))
  const audiences = [...Array.from('bcdefghijklm'), 5, true].map((sub) => policy.rightsOf(['some'], { sub }).audienceOf('order')!)
  const shown = audiences.map((audience) => visible(audience, eventOf({})) !== undefined)
  t.same(shown, [...new Array<boolean>(12).fill(true), false, false])
  t.equal(new Set(audiences.slice(0, 12).map(({ group }) => group)).size, 1)
  t.equal(new Set(audiences.map(({ group }) => group)).size, 3, 'a number and a boolean are judged for no text')
})

test('a long claim counts as missing', async (t) => {
  const list = (length: number) => ({ l: [...new Array<string>(length - 1).fill('b'), 'a'] })
  t.same(seen({ id: { $in: '${user.l}' } }, {}, list(1_000)), holds)
  t.same(seen({ id: { $in: '${user.l}' } }, {}, list(1_001)), undecided)
  t.same(seen({ id: '${user.s}' }, {}, { s: 'x'.repeat(1_024) }), fails)
  t.same(seen({ id: { $in: ['a', '${user.s}'] } }, {}, { s: 'x'.repeat(1_025) }), undecided)
})

test('an event with more than 10,000 values at a path is undecided, whoever is asked', async (t) => {
  const tags = (length: number) => ({ tags: new Array<string>(length).fill('x') })
  t.same(seen({ tags: 'x' }, tags(10_000)), holds)
  t.same(seen({ tags: 'x' }, tags(10_001)), undecided)
  t.same(seen({ tags: { $exists: true } }, tags(10_001)), undecided)
  t.same(seen({ id: 'a' }, tags(10_001)), holds, 'another path is')
  const both: ShortRule[] = [{ show: ['id'] }, { hide: ['id'], when: { tags: 'x' } }, { show: ['id'], when: { tags: 'x' } }]
  const audience = parsePolicy(policyText({ some: both }))
    .rightsOf(['some'], {})
    .audienceOf('order')
  t.same(
    [1, 10_001, 1].map((length) => visible(audience, eventOf(tags(length))) !== undefined),
    [true, false, true],
  )
})

const tickets: EntityDefinition = {
  ...{ name: 'ticket', layout: 'single-topic', envelope: 'debezium', topic: 'shop.tickets', idFields: ['id'], streamable: true },
}
const row = {
  type: 'record',
  name: 'Value',
  fields: [
    ...['id', 'status'].map((name) => ({ name, type: name === 'id' ? 'long' : 'string' })),
    ...Object.entries({ notes: 'string', photo: 'bytes', tags: many('string') }).map(([name, type]) => ({ name, type: ['null', type] })),
  ],
}
const envelope = {
  type: 'record',
  name: 'Envelope',
  fields: [
    { name: 'before', type: ['null', row] },
    { name: 'after', type: ['null', 'Value'] },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: ['null', 'long'] },
  ],
}
/** As a connector wrote them: a row, and then a change of its status, whose large columns did not change. */
const created = '00020e084f50454e0218636f6e666964656e7469616c0202ff020202610002630280a0bfe9d666'
const updated =
  '00020e085041494402385f5f646562657a69756d5f756e617661696c61626c655f76616c756502385f5f646562657a69756d5f756e617661696c61626c655f76616c7565' +
  '0202385f5f646562657a69756d5f756e617661696c61626c655f76616c75650002750282a0bfe9d666'

test('a large column that did not change is no value', async (t) => {
  const table = new DecodeFixture([tickets])
  const id = table.register('shop.tickets', envelope)
  const events: ChangeEvent[] = []
  for (const hex of [created, updated]) {
    events.push((await table.decodeOne('shop.tickets', { value: wire(id, Buffer.from(hex, 'hex')) })) as ChangeEvent)
  }
  const all: ShortRule = { show: ['**'] }
  const roles = {
    clerk: [all],
    guest: [{ ...all, when: { notes: { $ne: 'confidential' } } }],
    but: [all, { hide: ['**'], when: { notes: 'confidential' } }],
    photo: [all, { hide: ['**'], when: { photo: 'AA==' } }],
  }
  const policy = parsePolicy(policyText(roles).replaceAll('"order"', '"ticket"'))
  const see = (role: string) => events.map((event) => visible(policy.rightsOf([role], {}).audienceOf('ticket'), event))
  t.same(see('clerk'), [
    { id: 7, status: 'OPEN', notes: 'confidential', photo: '/w==', tags: ['a'] },
    { id: 7, status: 'PAID' },
  ])
  t.same(see('guest'), [undefined, undefined])
  t.same(see('but'), [undefined, undefined])
  t.equal(see('photo')[1], undefined)
})
