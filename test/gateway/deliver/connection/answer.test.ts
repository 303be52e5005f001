import { test } from 'tap'
import type { Answer } from '#gateway/deliver/connection/subscription-snapshot.js'
import { answersTo, answerToBinary } from '#gateway/deliver/connection/answer.js'
import { FakeClient } from '../../../support/gateway/fake-client.js'
import { fakeAudience, fakeRights } from '../../../support/gateway/fake-rights.js'

const said = (...answers: Answer[]) =>
  answers.flatMap((answer) =>
    answer.kind === 'frame' ? [JSON.parse(Buffer.from(answer.bytes).toString()) as Record<string, unknown>] : [],
  )

test('does what is asked for before it answers, and nothing of what it refuses', async (t) => {
  const client = new FakeClient(fakeRights([fakeAudience('order')]))
  const ask = (request: object) => said(...answersTo(JSON.stringify(request), client))
  const wishes = () => [...client.listed].map(({ entityId }) => entityId)
  t.match(ask({ type: 'subscribe', entity_id: 'o-1', ref: 1 }), [{ type: 'subscription_success', ref: 1 }])
  t.match(ask({ type: 'subscribe', entity_id: 'p-1', entity_type: 'parcel' }), [
    { code: 'forbidden', entity_id: 'p-1', entity_type: 'parcel' },
  ])
  t.match(said(...answersTo('no JSON', client)), [{ code: 'not_json' }])
  t.match(said(answerToBinary(client)), [{ code: 'binary_frame' }])
  t.same(wishes(), ['o-1'])
  t.match(ask({ type: 'unsubscribe', entity_id: 'o-1' }), [{ type: 'unsubscription_success' }])
  t.match(ask({ type: 'unsubscribe', entity_id: 'o-1' }), [{ code: 'not_subscribed' }])
  t.same(wishes(), [])
})

test('answers each of a list, and a ping', async (t) => {
  const client = new FakeClient(fakeRights([fakeAudience('order')]))
  const ask = (request: object) => said(...answersTo(JSON.stringify(request), client))
  const subscriptions = [
    { entity_id: 'o-1', ref: 1 },
    { entity_id: 'p-1', entity_type: 'parcel', ref: 2 },
    { entity_id: '', ref: 3 },
    { entity_id: 'o-2', ref: 4 },
  ]
  t.match(ask({ type: 'subscribe', subscriptions }), [
    { type: 'subscription_success', entity_id: 'o-1', ref: 1 },
    { code: 'forbidden', entity_id: 'p-1', ref: 2 },
    { code: 'entity_id_invalid', ref: 3 },
    { type: 'subscription_success', entity_id: 'o-2', ref: 4 },
  ])
  t.same(
    [...client.listed].map(({ entityId }) => entityId),
    ['o-1', 'o-2'],
  )
  t.match(ask({ type: 'unsubscribe', subscriptions }), [{ ref: 1 }, { code: 'not_subscribed' }, { ref: 3 }, { ref: 4 }])
  t.same([...client.listed], [])
  t.same(ask({ type: 'ping', ref: 'p' }), [{ type: 'pong', ref: 'p' }])
})

test('refuses a wish that needs the latest versions where they are not known', async (t) => {
  const client = new FakeClient(fakeRights([fakeAudience('order')]))
  const ask = (wish: object) => said(...answersTo(JSON.stringify({ type: 'subscribe', entity_id: 'o-1', ...wish }), client))
  for (const wish of [{ on_slow: 'conflate' }, { max_hz: 1 }, { max_hz: 1, entity_type: 'order' }])
    t.match(ask(wish), [{ code: 'state_unavailable', entity_id: 'o-1' }])
  t.equal(client.listed.size, 0)
  t.match(ask({ on_slow: 'close' }), [{ type: 'subscription_success' }])
})
