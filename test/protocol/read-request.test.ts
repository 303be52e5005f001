import { test } from 'tap'
import type { ProtocolErrorCode } from '#protocol/codes.js'
import type { Dialect } from '#protocol/dialect.js'
import { readRequests } from '#protocol/read-request.js'
import { listMax, reservedMembers } from '#protocol/request.js'

const dialects: readonly Dialect[] = ['seed', 'sluice.v1']

/** Of a frame with one request. */
function readRequest(text: string, dialect: Dialect) {
  const outcomes = readRequests(text, dialect)
  if (outcomes.length !== 1) throw new Error(JSON.stringify(outcomes))
  return outcomes[0]!
}

function parse(message: unknown, dialect: Dialect = 'seed') {
  return readRequest(JSON.stringify(message), dialect)
}

function codeOf(message: unknown, dialect: Dialect = 'seed'): ProtocolErrorCode | undefined {
  const outcome = parse(message, dialect)
  return 'error' in outcome ? outcome.error.code : undefined
}

test('reads the requests of the seed protocol', async (t) => {
  for (const type of ['subscribe', 'unsubscribe']) t.same(parse({ type, entity_id: 'e' }), { type, entity_id: 'e' })
})

test('reads members at the top level or inside data, and the top level wins', async (t) => {
  t.match(parse({ type: 'subscribe', data: { entity_id: 'inner' } }), { entity_id: 'inner' })
  t.match(parse({ data: { type: 'subscribe', entity_id: 'inner' } }), { type: 'subscribe', entity_id: 'inner' })
  t.match(parse({ type: 'subscribe', entity_id: 'outer', data: { entity_id: 'inner' } }), { entity_id: 'outer' })
  t.equal(codeOf({ type: 'subscribe', entity_id: null, data: { entity_id: 'inner' } }), 'entity_id_missing')
  for (const data of [null, 'text', 3, [{ entity_id: 'e' }]]) t.equal(codeOf({ type: 'subscribe', data }), 'entity_id_missing')
})

test('names what is wrong with a request', async (t) => {
  const cases: [unknown, ProtocolErrorCode][] = [
    [[], 'not_an_object'],
    [null, 'not_an_object'],
    ['subscribe', 'not_an_object'],
    [{}, 'type_missing'],
    [{ type: 1 }, 'type_missing'],
    [{ type: 'publish', entity_id: 'e' }, 'type_unknown'],
    [{ type: 'subscribe' }, 'entity_id_missing'],
    [{ type: 'subscribe', entity_id: 7 }, 'entity_id_missing'],
    [{ type: 'subscribe', entity_id: '' }, 'entity_id_invalid'],
    [{ type: 'subscribe', entity_id: 'x'.repeat(257) }, 'entity_id_invalid'],
    [{ type: 'subscribe', entity_id: 'x'.repeat(10_000) }, 'entity_id_invalid'],
    [{ type: 'subscribe', entity_id: '*' }, 'entity_id_wildcard'],
    [{ type: 'subscribe', data: { entity_id: '**' } }, 'entity_id_wildcard'],
    [{ type: 'subscribe', entity_id: '*', entity_type: 'order' }, 'entity_id_wildcard'],
  ]
  for (const dialect of dialects) {
    for (const [message, code] of cases) t.equal(codeOf(message, dialect), code, `${dialect}: ${JSON.stringify(message).slice(0, 60)}`)
    for (const text of ['', '{', 'subscribe', '{"type":"subscribe",}']) t.same(readRequest(text, dialect), { error: { code: 'not_json' } })
  }
  for (const entity_id of ['x'.repeat(256), 'suite 5*', '*x']) t.equal(codeOf({ type: 'subscribe', entity_id }), undefined)
  t.equal(codeOf({ type: 'unsubscribe', entity_id: '*' }), undefined)
})

test('reads members of a prototype as absent', async (t) => {
  for (const dialect of dialects) {
    const text = '{"__proto__":{"type":"subscribe","entity_id":"e","ref":"r"},"constructor":1}'
    t.match(readRequest(text, dialect), { error: { code: 'type_missing' } })
    t.match(readRequest('{"type":"subscribe","entity_id":"__proto__"}', dialect), { entity_id: '__proto__' })
  }
  Object.defineProperty(Object.prototype, 'entity_id', { value: 'inherited', configurable: true })
  t.teardown(() => Reflect.deleteProperty(Object.prototype, 'entity_id'))
  t.equal(codeOf({ type: 'subscribe', data: {} }), 'entity_id_missing')
})

test('reads an entity type and a ref under sluice.v1 only', async (t) => {
  const message = { type: 'subscribe', entity_id: 'e', entity_type: 'order', ref: 7 }
  t.same(parse(message, 'sluice.v1'), { type: 'subscribe', entity_id: 'e', entity_type: 'order', ref: 7 })
  t.same(parse(message, 'seed'), { type: 'subscribe', entity_id: 'e' })
  t.match(parse({ ...message, entity_type: 1, ref: [] }, 'seed'), { entity_id: 'e' })
})

test('refuses an entity type that is no name', async (t) => {
  for (const entity_type of ['', 1, 'x'.repeat(257)]) {
    const outcome = parse({ type: 'subscribe', entity_id: 'e', entity_type, ref: 'r' }, 'sluice.v1')
    t.same(outcome, { error: { code: 'entity_type_invalid', entity_id: 'e', ref: 'r' } })
  }
})

test('refuses a ref that could not be echoed as it is', async (t) => {
  const codeOfRef = (ref: string) => {
    const outcome = readRequest(`{"type":"subscribe","entity_id":"e","ref":${ref}}`, 'sluice.v1')
    return 'error' in outcome ? outcome.error.code : undefined
  }
  for (const ref of ['{}', 'true', '1e400', '9007199254740993', `"${'x'.repeat(257)}"`]) t.equal(codeOfRef(ref), 'ref_invalid', ref)
  for (const ref of ['0', '-1.5', '9007199254740991', '""', '"\\ud800"']) t.equal(codeOfRef(ref), undefined, ref)
})

test('takes a ref and an entity type that are null for absent, as some libraries write them', async (t) => {
  const message = { type: 'subscribe', entity_id: 'e', entity_type: null, ref: null }
  t.same(parse(message, 'sluice.v1'), { type: 'subscribe', entity_id: 'e', entity_type: undefined, ref: undefined })
})

test('says of a refused request what is valid of it', async (t) => {
  t.same(parse({ type: 'publish', entity_id: 'e', ref: 'r' }, 'sluice.v1'), { error: { code: 'type_unknown', entity_id: 'e', ref: 'r' } })
  t.same(parse({ type: 'subscribe', entity_id: 'e', ref: {} }, 'sluice.v1'), { error: { code: 'ref_invalid', entity_id: 'e' } })
})

test('echoes the ref of a refused request', async (t) => {
  t.same(parse({ type: 'publish', ref: 'r' }, 'sluice.v1'), { error: { code: 'type_unknown', ref: 'r' } })
  t.same(parse({ type: 'subscribe', ref: 1 }, 'sluice.v1'), { error: { code: 'entity_id_missing', ref: 1 } })
})

test('reads what is wished of slow readers under sluice.v1, of subscriptions alone, and refuses what is no such wish', async (t) => {
  const wish = { type: 'subscribe', entity_id: 'e', on_slow: 'close', max_hz: 0.5 }
  t.match(parse(wish, 'sluice.v1'), { on_slow: 'close', max_hz: 0.5 })
  t.match(parse({ ...wish, on_slow: null, max_hz: null }, 'sluice.v1'), { on_slow: undefined, max_hz: undefined })
  t.notMatch(parse({ ...wish, type: 'unsubscribe' }, 'sluice.v1'), { on_slow: 'close' })
  for (const on_slow of ['', 'drop', true, 1]) t.equal(codeOf({ ...wish, on_slow }, 'sluice.v1'), 'on_slow_invalid')
  for (const max_hz of [0, -1, 1e9, 1_000.5, '5', true, {}]) t.equal(codeOf({ ...wish, max_hz }, 'sluice.v1'), 'max_hz_invalid')
  t.match(readRequest('{"type":"subscribe","entity_id":"e","max_hz":1e999}', 'sluice.v1'), { error: { code: 'max_hz_invalid' } })
  t.match(readRequest('{"type":"subscribe","entity_id":"e","max_hz":NaN}', 'sluice.v1'), { error: { code: 'not_json' } })
  t.same(parse({ ...wish, on_slow: 1, max_hz: 0 }, 'seed'), { type: 'subscribe', entity_id: 'e' })
})

test('says of a member that is known but not supported yet which one it is', async (t) => {
  t.same(reservedMembers, ['order_by', 'limit'])
  for (const member of [...reservedMembers, 'fields']) {
    const outcome = parse({ type: 'subscribe', entity_id: 'e', data: { [member]: 1 } }, 'sluice.v1')
    t.same(outcome, { error: { code: 'not_supported', entity_id: 'e', ref: undefined, member } })
    t.equal(codeOf({ type: 'subscribe', entity_id: 'e', [member]: 1 }, 'seed'), undefined)
    t.equal(codeOf({ type: 'subscribe', entity_id: 'e', [member]: null }, 'sluice.v1'), undefined)
  }
  for (const member of [...reservedMembers, 'since']) {
    const outcome = parse({ type: 'subscribe', entity_type: 'order', where: {}, [member]: 'none', ref: 1 }, 'sluice.v1')
    t.same(outcome, { error: { code: 'not_supported', ref: 1, member } })
  }
})

test('reads a collection under sluice.v1 only: a type and a filter, and no entity', async (t) => {
  const asked = { type: 'subscribe', entity_type: 'order', where: { status: 'PAID' } }
  const options = { fields: ['id', 'items.*'], snapshot: true, on_slow: 'close', max_hz: 5, ref: 'r' }
  t.same(parse({ ...asked, ...options }, 'sluice.v1'), { ...asked, ...options })
  t.same(parse({ type: 'subscribe', data: { entity_type: 'order', where: {} } }, 'sluice.v1'), { ...asked, where: {} })
  const nulls = { entity_id: null, fields: null, snapshot: null, since: null, on_slow: null, max_hz: null, order_by: null, limit: null }
  t.same(parse({ ...asked, ...nulls }, 'sluice.v1'), asked)
  t.equal(codeOf(asked, 'seed'), 'entity_id_missing')
  t.equal(codeOf({ ...asked, where: null }, 'sluice.v1'), 'entity_id_missing')
})

test('refuses a collection of which a member is missing or something else', async (t) => {
  const refusal = (members: object) => parse({ type: 'subscribe', entity_type: 'order', where: {}, ref: 1, ...members }, 'sluice.v1')
  const isRefused = (members: object, code: ProtocolErrorCode) => {
    t.same(refusal(members), { error: { code, ref: 1 } }, JSON.stringify(members).slice(0, 60))
  }
  for (const where of [[], [{}], 'status', 1, true]) isRefused({ where }, 'where_invalid')
  for (const entity_type of [null, undefined, '', 1, 'x'.repeat(257)]) isRefused({ entity_type }, 'entity_type_invalid')
  const lists = [[], ['a', ''], ['a', 1], ['x'.repeat(257)], Array.from({ length: 257 }, () => 'a'), 'a', {}, { length: 1, 0: 'a' }]
  for (const fields of lists) isRefused({ fields }, 'fields_invalid')
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['{"$and":[', ']}'],
  ] as const) {
    const where = `{"a":${open.repeat(50_000)}1${close.repeat(50_000)}}`
    const text = `{"type":"subscribe","entity_type":"order","where":${where},"ref":1}`
    t.same(readRequest(text, 'sluice.v1'), { error: { code: 'where_invalid', ref: 1 } }, `nested by ${open}`)
  }
  isRefused({ snapshot: 1 }, 'snapshot_invalid')
  isRefused({ on_slow: 'drop' }, 'on_slow_invalid')
  isRefused({ max_hz: 0 }, 'max_hz_invalid')
  isRefused({ entity_id: 7 }, 'where_invalid')
  t.same(refusal({ entity_id: 'e' }), { error: { code: 'where_invalid', entity_id: 'e', ref: 1 } })
  const most = Array.from({ length: 256 }, () => 'x'.repeat(256))
  t.match(refusal({ fields: most }), { fields: most })
})

test('reads the end of a collection by its id, which is no entity', async (t) => {
  t.same(parse({ type: 'unsubscribe', subscription: 's', ref: 1 }, 'sluice.v1'), { type: 'unsubscribe', subscription: 's', ref: 1 })
  for (const subscription of ['', 1, {}, 'x'.repeat(257)]) {
    t.same(parse({ type: 'unsubscribe', subscription, ref: 1 }, 'sluice.v1'), { error: { code: 'subscription_invalid', ref: 1 } })
  }
  const both = parse({ type: 'unsubscribe', subscription: 's', entity_id: 'e' }, 'sluice.v1')
  t.same(both, { error: { code: 'subscription_invalid', entity_id: 'e' } })
  t.equal(codeOf({ type: 'unsubscribe', entity_type: 'order', where: {} }, 'sluice.v1'), 'subscription_invalid')
  t.equal(codeOf({ type: 'unsubscribe', subscription: null }, 'sluice.v1'), 'entity_id_missing')
  t.equal(codeOf({ type: 'unsubscribe', subscription: 's' }, 'seed'), 'entity_id_missing')
  t.same(parse({ type: 'subscribe', entity_id: 'e', subscription: 's' }, 'sluice.v1'), { type: 'subscribe', entity_id: 'e' })
})

test('reads entities and collections from one list', async (t) => {
  const list = [{ entity_id: 'a' }, { entity_type: 'order', where: {}, ref: 2 }, { where: {}, ref: 3 }, { where: 1, entity_type: 'order' }]
  t.match(readRequests(JSON.stringify({ type: 'subscribe', subscriptions: list }), 'sluice.v1'), [
    { type: 'subscribe', entity_id: 'a' },
    { type: 'subscribe', entity_type: 'order', where: {}, ref: 2 },
    { error: { code: 'entity_type_invalid', ref: 3 } },
    { error: { code: 'where_invalid' } },
  ])
  const ends = readRequests(
    JSON.stringify({ type: 'unsubscribe', subscriptions: [{ subscription: 's' }, { entity_id: 'a' }] }),
    'sluice.v1',
  )
  t.match(ends, [
    { type: 'unsubscribe', subscription: 's' },
    { type: 'unsubscribe', entity_id: 'a' },
  ])
})

test('reads a frame that is nested as deep as a frame can be', async (t) => {
  const depth = 500_000
  t.equal(codeOf({ type: 'subscribe' }), 'entity_id_missing')
  t.match(readRequest('['.repeat(depth), 'seed'), { error: { code: 'not_json' } })
  t.match(readRequest(`{"type":"subscribe","entity_id":${'['.repeat(depth)}${']'.repeat(depth)}}`, 'seed'), { error: {} })
})

test('reads each request of a list by itself, and one that is bad leaves the others standing', async (t) => {
  const list = [
    { entity_id: 'a', entity_type: 'order', ref: 1 },
    { entity_id: '', ref: 2 },
    3,
    { data: { entity_id: 'b' }, since: 'none', ref: 4 },
    { entity_id: 'c', ref: {} },
    { entity_id: 'd', subscriptions: [{ entity_id: 'e' }] },
  ]
  for (const type of ['subscribe', 'unsubscribe'])
    t.match(readRequests(JSON.stringify({ type, subscriptions: list, entity_id: 'f', ref: 9 }), 'sluice.v1'), [
      { type, entity_id: 'a', entity_type: 'order', ref: 1 },
      { error: { code: 'entity_id_invalid', ref: 2 } },
      { error: { code: 'not_an_object' } },
      { error: { code: 'cursor_invalid', entity_id: 'b', ref: 4 } },
      { error: { code: 'ref_invalid', entity_id: 'c' } },
      { type, entity_id: 'd' },
    ])
})

test('refuses what is no list, or one that is empty or too long, by one answer', async (t) => {
  for (const subscriptions of [{}, 'a', 1, [], Array.from({ length: listMax + 1 }, () => ({ entity_id: 'a' }))]) {
    const outcome = parse({ type: 'subscribe', subscriptions, entity_id: 'a', ref: 1 }, 'sluice.v1')
    t.same(outcome, { error: { code: 'subscriptions_invalid', ref: 1 } })
  }
  t.match(parse({ type: 'subscribe', subscriptions: null, entity_id: 'a' }, 'sluice.v1'), { entity_id: 'a' })
  t.match(parse({ type: 'subscribe', subscriptions: [{ entity_id: 'b' }], entity_id: 'a' }, 'seed'), { entity_id: 'a' })
  t.equal(codeOf({ type: 'subscribe', subscriptions: [{ entity_id: 'b' }] }, 'seed'), 'entity_id_missing')
})

test('reads a ping under sluice.v1 only', async (t) => {
  t.same(parse({ type: 'ping', ref: 'r', entity_id: 1 }, 'sluice.v1'), { type: 'ping', ref: 'r' })
  t.equal(codeOf({ type: 'ping', ref: {} }, 'sluice.v1'), 'ref_invalid')
  t.equal(codeOf({ type: 'ping', ref: 'r' }, 'seed'), 'type_unknown')
})

test('refuses a cursor that no server wrote, and one without a type', async (t) => {
  const codeOfSince = (since: unknown, entity_type?: string) =>
    codeOf({ type: 'subscribe', entity_id: 'e', entity_type, since }, 'sluice.v1')
  for (const since of ['', 'x'.repeat(41), 'x'.repeat(10_000), 'a b', 1, {}]) t.equal(codeOfSince(since, 'order'), 'cursor_invalid')
  t.equal(codeOfSince('none'), 'cursor_invalid')
  for (const since of ['none', null, 'x'.repeat(40)]) t.equal(codeOfSince(since, 'order'), undefined)
})
