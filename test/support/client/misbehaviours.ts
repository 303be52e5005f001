import type { ScriptedServer } from '#client/testing/scripted-server.js'

type Chance = () => number

const anybody = { entity_id: 'o99', entity_type: 'order' } as const

function pick<T>(list: readonly T[], chance: Chance): T {
  return list[Math.floor(chance() * list.length)]!
}

/** What no member of a message should be. */
const odd: readonly unknown[] = [null, 0, -1, 1e308, '', 'x', '\u0000', [], {}, [[]], { a: { b: 1 } }, true, 'x'.repeat(5000), 2 ** 60]

/**
 * What a server should not do, by what it is. None of it lies about an entity that somebody has subscribed to, as nobody could tell that from
 * the truth.
 */
export const misbehaviours: Readonly<Record<string, (server: ScriptedServer, chance: Chance) => void>> = {
  rubbish: (server, chance) =>
    server.raw(pick(['rubbish', '', '{', ']', 'null', '1', '"text"', '[1]', '[null]', '[[]]', '\uFFFD', 'NaN'], chance)),
  'half a frame': (server) => server.raw('[{"type":"entity_update","entity_id":"o1","entity_type":"order","data":{"st'),
  'no text': (server, chance) => server.raw(pick([undefined, null, 5, new ArrayBuffer(8), new Uint8Array([123, 125])], chance)),
  'an empty batch': (server) => server.raw('[]'),
  'unknown types': (server, chance) =>
    server.send({ type: 'tomorrow', ...anybody }, { type: pick(odd, chance) }, {}, { type: '__proto__' }),
  'a success for what nobody asked': (server, chance) =>
    server.send(
      { type: 'subscription_success', ...anybody, ref: 100_000 },
      { type: 'subscription_success', entity_id: 'o1', entity_type: 'order', ref: pick(odd, chance) },
      { type: 'unsubscription_success', ...anybody },
    ),
  'an update for another entity': (server) =>
    server.send(
      { type: 'entity_update', ...anybody, operation: 'update', data: { status: 'WRONG' }, cursor: 'w' },
      { type: 'entity_update', entity_id: 'o1', entity_type: 'invoice', operation: 'update', data: { status: 'WRONG' }, cursor: 'w' },
      { type: 'entity_update', ...anybody, operation: 'delete', data: {} },
    ),
  'updates that are none': (server, chance) =>
    server.send({
      type: 'entity_update',
      entity_id: pick(odd, chance),
      entity_type: pick(odd, chance),
      operation: 1,
      data: pick(odd, chance),
    }),
  'an update without data': (server) => server.send({ type: 'entity_update', entity_id: 'o1', entity_type: 'order', operation: 'update' }),
  'a second greeting': (server, chance) =>
    server.send({ type: 'connection_established', client_id: 'x', message: '', features: pick(odd, chance), limits: pick(odd, chance) }),
  'an end of a snapshot that nobody asked for': (server) => server.send({ type: 'snapshot_complete', ...anybody, count: 5 }),
  'gaps of odd sizes': (server, chance) => server.send({ type: 'gap', entity_id: 'o1', entity_type: 'order', missed: pick(odd, chance) }),
  'errors of all kinds': (server, chance) =>
    server.send(
      { type: 'error', message: pick(odd, chance), code: pick(odd, chance) },
      { type: 'error', message: 'no', code: 'forbidden', ...anybody },
      { type: 'error', message: 'no', code: 'internal', ref: 100_001 },
      { type: 'error' },
    ),
  'a refused token that was not sent': (server, chance) =>
    server.send({ type: 'error', message: 'no', code: 'token_expired', ref: 'token', retry_after_ms: pick(odd, chance) }),
  'a pong to nobody': (server, chance) => server.send({ type: 'pong', ref: pick(odd, chance) }),
  'tokens that end oddly': (server, chance) => {
    server.send(
      { type: 'authenticated', token_expires_in_s: pick(odd, chance) },
      { type: 'token_expiring', token_expires_in_s: pick(odd, chance) },
    )
  },
  'a node that drains oddly': (server, chance) => server.send({ type: 'reconnect', within_ms: pick(odd, chance) }),
  'a wish of a year': (server) => {
    server.send({ type: 'error', message: 'later', code: 'starting', retry_after_ms: 365 * 86_400_000 })
    server.cut(4005)
  },
  'a code of no table': (server, chance) => server.cut(pick([4009, 4100, 4321, 4499], chance), pick(['', 'why', '\u0000'], chance)),
  'a lost network': (server) => server.cut(),
  'many updates at once': (server) => {
    const data = { status: 'MANY' }
    server.send(
      ...Array.from({ length: 2000 }, (_, n) => ({ type: 'entity_update', ...anybody, operation: 'update', data, cursor: `m${n}` })),
    )
  },
  'data nested without end': (server) => {
    const data = `${'{"a":['.repeat(5000)}12345678901234567890${']}'.repeat(5000)}`
    server.raw(`[{"type":"entity_update","entity_id":"o99","entity_type":"order","operation":"update","data":${data}}]`)
  },
  'a cursor without end': (server) => server.send({ type: 'snapshot_complete', ...anybody, cursor: 'c'.repeat(100_000) }),
}
