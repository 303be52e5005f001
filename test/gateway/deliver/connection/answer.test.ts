import { test } from 'tap'
import type { Frame } from '#gateway/authorize/entity-update.js'
import { answerTo, answerToBinary } from '#gateway/deliver/connection/answer.js'
import { FakeClient } from '../../../support/gateway/fake-client.js'
import { fakeAudience, fakeRights } from '../../../support/gateway/fake-rights.js'

const said = (...frames: Frame[]) => frames.map((frame) => JSON.parse(Buffer.from(frame.bytes).toString()) as Record<string, unknown>)

test('does what is asked for before it answers, and nothing of what it refuses', async (t) => {
  const client = new FakeClient(fakeRights([fakeAudience('order')]))
  const ask = (request: object) => said(...answerTo(JSON.stringify(request), client))
  const wishes = () => [...client.listed].map(({ entityId }) => entityId)
  t.match(ask({ type: 'subscribe', entity_id: 'o-1', ref: 1 }), [{ type: 'subscription_success', ref: 1 }])
  t.match(ask({ type: 'subscribe', entity_id: 'p-1', entity_type: 'parcel' }), [{ code: 'forbidden', entity_id: 'p-1', entity_type: 'parcel' }])
  t.match(said(...answerTo('no JSON', client)), [{ code: 'not_json' }])
  t.match(said(answerToBinary(client)), [{ code: 'binary_frame' }])
  t.same(wishes(), ['o-1'])
  t.match(ask({ type: 'unsubscribe', entity_id: 'o-1' }), [{ type: 'unsubscription_success' }])
  t.match(ask({ type: 'unsubscribe', entity_id: 'o-1' }), [{ code: 'not_subscribed' }])
  t.same(wishes(), [])
})
