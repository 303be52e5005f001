import assert from 'node:assert/strict'
import { test } from 'tap'
import { protocolErrors } from '#protocol/codes.js'
import type { Dialect } from '#protocol/dialect.js'
import { connectionEstablished, errorMessage, readMessage, writeMessage, type ServerMessage } from '#protocol/message.js'
import { readRequests } from '#protocol/read-request.js'
import { fc } from '../support/running/seeded-properties.js'
import { arbitraryMessage } from '../support/values/arbitrary-message.js'

const dialects: readonly Dialect[] = ['seed', 'sluice.v1']
const about = { entity_id: 'e', entity_type: 'order', ref: 'r' }

test('tells a seed client exactly the seed shapes', async (t) => {
  const messages: ServerMessage[] = [
    connectionEstablished('c'),
    { type: 'subscription_success', ...about },
    { type: 'unsubscription_success', ...about },
    { type: 'entity_update', entity_id: 'e', entity_type: 'order', operation: 'update', data: { a: 1 }, timestamp: 'now' },
    errorMessage({ code: 'forbidden', ...about }),
  ]
  t.same(
    messages.map((message) => writeMessage(message, 'seed')),
    [
      '{"type":"connection_established","client_id":"c","message":"Connected to WebSocket server"}',
      '{"type":"subscription_success","entity_id":"e"}',
      '{"type":"unsubscription_success","entity_id":"e"}',
      '{"type":"entity_update","entity_id":"e","entity_type":"order","operation":"update","data":{"a":1}}',
      `{"type":"error","message":"${protocolErrors.forbidden}"}`,
    ],
  )
})

test('adds code, entity type, ref and time under sluice.v1, where they apply', async (t) => {
  const textOf = (message: ServerMessage) => writeMessage(message, 'sluice.v1')
  t.equal(
    textOf({ type: 'subscription_success', ...about, ref: 0 }),
    '{"type":"subscription_success","entity_id":"e","entity_type":"order","ref":0}',
  )
  t.equal(textOf({ type: 'subscription_success', entity_id: 'e', ref: undefined }), '{"type":"subscription_success","entity_id":"e"}')
  t.equal(
    textOf(errorMessage({ code: 'not_subscribed', entity_id: 'e', ref: 'r' })),
    `{"type":"error","message":"${protocolErrors.not_subscribed}","code":"not_subscribed","entity_id":"e","ref":"r"}`,
  )
})

test('says in an error which member or entity type is meant', async (t) => {
  t.match(errorMessage({ code: 'not_supported', member: '$&' }), { message: 'The member "$&" is not supported yet.' })
  t.notOk('member' in errorMessage({ code: 'not_supported', member: 'where' }))
  t.match(errorMessage({ code: 'entity_type_stopped', entity_type: '$&' }), { message: 'The entity type "$&" is not streamed any more.' })
})

test('reads back every message that it writes, as far as its dialect has it', (t) => {
  fc.assert(
    fc.property(arbitraryMessage, (message) => {
      const plain = JSON.parse(JSON.stringify(message)) as Record<string, unknown>
      assert.deepEqual(readMessage(writeMessage(message, 'sluice.v1')), plain)
      if (isOfCollection(message)) return
      const inSeed = Object.fromEntries(seedMembers[message.type].map((name) => [name, plain[name]]))
      assert.deepEqual(readMessage(writeMessage(message, 'seed')), inSeed)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

const seedMembers = {
  connection_established: ['type', 'client_id', 'message'],
  subscription_success: ['type', 'entity_id'],
  unsubscription_success: ['type', 'entity_id'],
  entity_update: ['type', 'entity_id', 'entity_type', 'operation', 'data'],
  snapshot_complete: ['type', 'entity_id', 'count'],
  snapshot_started: [],
  reconnect: ['type', 'within_ms'],
  pong: ['type'],
  authenticated: ['type', 'token_expires_in_s'],
  token_expiring: ['type', 'token_expires_in_s'],
  gap: ['type', 'entity_id', 'entity_type', 'missed'],
  error: ['type', 'message'],
}

/** About a collection as a whole: the seed's dialect has none. */
function isOfCollection(message: ServerMessage): boolean {
  return message.type !== 'error' && 'subscription' in message && !('entity_id' in message)
}

/** Without one of them it is no message. */
function requiredMembers(message: ServerMessage): readonly string[] {
  if (!isOfCollection(message)) return seedMembers[message.type]
  return ['type', 'subscription', 'entity_type', ...seedMembers[message.type].filter((name) => name === 'count')]
}

test('knows no message where one of its members is missing or something else', async (t) => {
  fc.assert(
    fc.property(arbitraryMessage, fc.nat(), fc.constantFrom(null, true, [], {}), (message, nth, wrong) => {
      const names = requiredMembers(message).filter((name) => name !== 'data')
      const name = names[nth % names.length]!
      const broken: Record<string, unknown> = { ...message, [name]: wrong }
      assert.equal(readMessage(JSON.stringify(broken)), undefined)
      assert.equal(readMessage(JSON.stringify({ ...broken, [name]: undefined })), undefined)
    }),
  )
  const update = '{"type":"entity_update","entity_id":"e","entity_type":"order","operation":"update","data":'
  for (const data of ['null', '[]', '1']) t.equal(readMessage(`${update}${data}}`), undefined, data)
  for (const text of ['', '{', 'null', '[]', '{}', '{"type":"type_of_the_future"}']) t.equal(readMessage(text), undefined, text)
})

test('passes over members, codes and operations of a later server', async (t) => {
  const later = '{"type":"error","message":"m","code":"code_of_the_future","member_of_the_future":1}'
  t.same(readMessage(later), { type: 'error', message: 'm', code: 'code_of_the_future' })
  const update = { type: 'entity_update', entity_id: 'e', entity_type: 'order', operation: 'snapshot', data: {} }
  t.same(readMessage(JSON.stringify(update)), update)
})

const member = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
  fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'authenticate', '\ud800'),
)
const requestLike = fc.record(
  { type: member, entity_id: member, entity_type: member, ref: member, data: fc.dictionary(fc.string(), member), __proto__: member },
  { requiredKeys: [] },
)
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  requestLike.map((message) => JSON.stringify(message)),
)

test('answers whatever a client sends in UTF-8, by a message that can be read', (t) => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...dialects), (text, dialect) => {
      return readRequests(text, dialect).every((request) => {
        const answer =
          'error' in request ? errorMessage(request.error) : ({ entity_id: '', ...request, type: 'subscription_success' } as const)
        const bytes = Buffer.from(writeMessage(answer, dialect))
        const read = readMessage(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
        return read?.type === answer.type
      })
    }),
    { numRuns: 2000 },
  )
  t.end()
})
