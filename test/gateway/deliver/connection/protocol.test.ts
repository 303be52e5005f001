import { fc } from '../../../support/running/seeded-properties.js'
import { test } from 'tap'
import type { Frame } from '#gateway/authorize/entity-update.js'
import type { Dialect } from '#protocol/dialect.js'
import { connectionEstablished, errorFrame, parseRequest, successFrame } from '#gateway/deliver/connection/protocol.js'
import { protocolErrors, type ProtocolErrorCode } from '#protocol/codes.js'

const dialects: readonly Dialect[] = ['seed', 'sluice.v1']

function textOf(frame: Frame): string {
  return Buffer.from(frame.bytes).toString()
}

function parse(message: unknown, dialect: Dialect = 'seed') {
  return parseRequest(JSON.stringify(message), dialect)
}

function codeOf(message: unknown, dialect: Dialect = 'seed'): ProtocolErrorCode | undefined {
  const outcome = parse(message, dialect)
  return 'error' in outcome ? outcome.error.code : undefined
}

test('reads the requests of the seed protocol', async (t) => {
  const plain = { entityId: 'e', entityType: undefined, ref: undefined }
  t.same(parse({ type: 'subscribe', entity_id: 'e' }), { type: 'subscribe', ...plain })
  t.same(parse({ type: 'unsubscribe', entity_id: 'e' }), { type: 'unsubscribe', ...plain })
})

test('reads members at the top level or inside data, and the top level wins', async (t) => {
  t.match(parse({ type: 'subscribe', data: { entity_id: 'inner' } }), { entityId: 'inner' })
  t.match(parse({ data: { type: 'subscribe', entity_id: 'inner' } }), { type: 'subscribe', entityId: 'inner' })
  t.match(parse({ type: 'subscribe', entity_id: 'outer', data: { entity_id: 'inner' } }), { entityId: 'outer' })
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
    for (const text of ['', '{', 'subscribe', '{"type":"subscribe",}']) t.same(parseRequest(text, dialect), { error: { code: 'not_json' } })
  }
  for (const entity_id of ['x'.repeat(256), 'suite 5*', '*x']) t.equal(codeOf({ type: 'subscribe', entity_id }), undefined)
  t.equal(codeOf({ type: 'unsubscribe', entity_id: '*' }), undefined)
})

test('reads members of a prototype as absent', async (t) => {
  for (const dialect of dialects) {
    const text = '{"__proto__":{"type":"subscribe","entity_id":"e","ref":"r"},"constructor":1}'
    t.match(parseRequest(text, dialect), { error: { code: 'type_missing' } })
    t.match(parseRequest('{"type":"subscribe","entity_id":"__proto__"}', dialect), { entityId: '__proto__' })
  }
  Object.defineProperty(Object.prototype, 'entity_id', { value: 'inherited', configurable: true })
  t.teardown(() => Reflect.deleteProperty(Object.prototype, 'entity_id'))
  t.equal(codeOf({ type: 'subscribe', data: {} }), 'entity_id_missing')
})

test('reads an entity type and a ref under sluice.v1 only', async (t) => {
  const message = { type: 'subscribe', entity_id: 'e', entity_type: 'order', ref: 7 }
  t.same(parse(message, 'sluice.v1'), { type: 'subscribe', entityId: 'e', entityType: 'order', ref: 7 })
  t.same(parse(message, 'seed'), { type: 'subscribe', entityId: 'e', entityType: undefined, ref: undefined })
  t.match(parse({ ...message, entity_type: 1, ref: [] }, 'seed'), { entityId: 'e' })
})

test('refuses an entity type that is no name', async (t) => {
  for (const entityType of ['', 1, 'x'.repeat(257)]) {
    const outcome = parse({ type: 'subscribe', entity_id: 'e', entity_type: entityType, ref: 'r' }, 'sluice.v1')
    t.same(outcome, { error: { code: 'entity_type_invalid', entityId: 'e', ref: 'r' } })
  }
})

test('refuses a ref that could not be echoed as it is', async (t) => {
  const codeOfRef = (ref: string) => {
    const outcome = parseRequest(`{"type":"subscribe","entity_id":"e","ref":${ref}}`, 'sluice.v1')
    return 'error' in outcome ? outcome.error.code : undefined
  }
  for (const ref of ['{}', 'true', '1e400', '9007199254740993', `"${'x'.repeat(257)}"`]) t.equal(codeOfRef(ref), 'ref_invalid', ref)
  for (const ref of ['0', '-1.5', '9007199254740991', '""', '"\\ud800"']) t.equal(codeOfRef(ref), undefined, ref)
})

test('takes a ref and an entity type that are null for absent, as some libraries write them', async (t) => {
  const message = { type: 'subscribe', entity_id: 'e', entity_type: null, ref: null }
  t.same(parse(message, 'sluice.v1'), { type: 'subscribe', entityId: 'e', entityType: undefined, ref: undefined })
})

test('says of a refused request what is valid of it', async (t) => {
  t.same(parse({ type: 'publish', entity_id: 'e', ref: 'r' }, 'sluice.v1'), { error: { code: 'type_unknown', entityId: 'e', ref: 'r' } })
  t.same(parse({ type: 'subscribe', entity_id: 'e', ref: {} }, 'sluice.v1'), { error: { code: 'ref_invalid', entityId: 'e' } })
})

test('echoes the ref of a refused request', async (t) => {
  t.same(parse({ type: 'publish', ref: 'r' }, 'sluice.v1'), { error: { code: 'type_unknown', ref: 'r' } })
  t.same(parse({ type: 'subscribe', ref: 1 }, 'sluice.v1'), { error: { code: 'entity_id_missing', ref: 1 } })
})

test('says of a member that is known but not supported yet which one it is', async (t) => {
  for (const member of ['fields', 'since', 'snapshot', 'max_hz', 'on_slow', 'where']) {
    const outcome = parse({ type: 'subscribe', entity_id: 'e', data: { [member]: null } }, 'sluice.v1')
    t.same(outcome, { error: { code: 'not_supported', entityId: 'e', ref: undefined, member } })
    t.match(JSON.parse(textOf(errorFrame({ code: 'not_supported', member }, 'seed'))), {
      message: `The member "${member}" is not supported yet.`,
    })
    t.equal(codeOf({ type: 'subscribe', entity_id: 'e', [member]: 1 }, 'seed'), undefined)
  }
})

test('answers a seed client with exactly the seed shapes', async (t) => {
  const request = { entityId: 'e', entityType: 'order', ref: 'r' }
  const texts = [
    textOf(connectionEstablished('c')),
    textOf(successFrame({ type: 'subscribe', ...request }, 'seed')),
    textOf(successFrame({ type: 'unsubscribe', ...request }, 'seed')),
    textOf(errorFrame({ code: 'forbidden', entityId: 'e', ref: 'r' }, 'seed')),
  ]
  t.same(texts, [
    '{"type":"connection_established","client_id":"c","message":"Connected to WebSocket server"}',
    '{"type":"subscription_success","entity_id":"e"}',
    '{"type":"unsubscription_success","entity_id":"e"}',
    `{"type":"error","message":"${protocolErrors.forbidden}"}`,
  ])
})

test('adds code, entity type and ref under sluice.v1, where they apply', async (t) => {
  const request = { type: 'subscribe', entityId: 'e', entityType: 'order', ref: 0 } as const
  t.equal(textOf(successFrame(request, 'sluice.v1')), '{"type":"subscription_success","entity_id":"e","entity_type":"order","ref":0}')
  t.equal(
    textOf(successFrame({ ...request, entityType: undefined, ref: undefined }, 'sluice.v1')),
    '{"type":"subscription_success","entity_id":"e"}',
  )
  t.same(JSON.parse(textOf(errorFrame({ code: 'not_subscribed', entityId: 'e', ref: 'r' }, 'sluice.v1'))), {
    type: 'error',
    message: protocolErrors.not_subscribed,
    code: 'not_subscribed',
    entity_id: 'e',
    ref: 'r',
  })
})

const member = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constantFrom('subscribe', 'unsubscribe', '\ud800'))
const requestLike = fc.record(
  { type: member, entity_id: member, entity_type: member, ref: member, data: fc.dictionary(fc.string(), member), __proto__: member },
  { requiredKeys: [] },
)
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  requestLike.map((message) => JSON.stringify(message)),
)

test('answers any text with valid JSON of the seed shape, and never throws', async (t) => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...dialects), (text, dialect) => {
      const outcome = parseRequest(text, dialect)
      const frame = 'error' in outcome ? errorFrame(outcome.error, dialect) : successFrame(outcome, dialect)
      const answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.bytes)) as Record<string, unknown>
      const [detail, type] =
        'error' in outcome ? ['message', 'error'] : ['entity_id', `${outcome.type.replace('scribe', 'scription')}_success`]
      const members = Object.keys(answer)
      const known = dialect === 'seed' ? ['type', detail] : ['type', detail, 'code', 'entity_id', 'entity_type', 'ref']
      return answer['type'] === type && typeof answer[detail] === 'string' && members.every((name) => known.includes(name))
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

test('reads a frame that is nested as deep as a frame can be', async (t) => {
  const depth = 500_000
  t.equal(codeOf({ type: 'subscribe' }), 'entity_id_missing')
  t.match(parseRequest('['.repeat(depth), 'seed'), { error: { code: 'not_json' } })
  t.match(parseRequest(`{"type":"subscribe","entity_id":${'['.repeat(depth)}${']'.repeat(depth)}}`, 'seed'), { error: {} })
})
