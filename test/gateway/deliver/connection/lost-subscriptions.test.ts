import { test } from 'tap'
import type { Frame } from '#gateway/authorize/entity-update.js'
import { tellingLostRights, tellingStopped } from '#gateway/deliver/connection/lost-subscriptions.js'
import { FakeClient, noWish } from '../../../support/gateway/fake-client.js'
import { fakeAudience, fakeRights } from '../../../support/gateway/fake-rights.js'

const said = (frames: Iterable<Frame>) => [...frames].map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as unknown)
const [orders, parcels] = [fakeAudience('order'), fakeAudience('parcel')]

function clientOf(): FakeClient {
  const client = new FakeClient(fakeRights([orders, parcels]))
  client.subscriptions.put('o-1', 'order', noWish)
  client.subscriptions.put('p-1', 'parcel', noWish)
  client.subscriptions.put('x-1', undefined, noWish)
  return client
}

test('tells of the subscriptions that had something to show and have nothing now, once, and keeps them', async (t) => {
  const client = clientOf()
  t.same(said(tellingLostRights(client)), [], 'nothing has changed')
  client.change(fakeRights([orders]))
  t.match(said(tellingLostRights(client)), [{ code: 'forbidden', entity_id: 'p-1' }])
  t.same(said(tellingLostRights(client)), [])
  client.change(fakeRights([]))
  t.match(said(tellingLostRights(client)), [{ entity_id: 'o-1' }, { entity_id: 'x-1' }])
  t.equal(client.listed.size, 3)
})

test('tells of a type that stops those who asked for it, and those who were sent an entity of it by a subscription to any', async (t) => {
  const client = clientOf()
  t.match(said(tellingStopped('parcel', client)), [{ code: 'entity_type_stopped', entity_id: 'p-1', entity_type: 'parcel' }])
  client.subscriptions.noteState('x-1', 'parcel', false)
  t.match(said(tellingStopped('parcel', client)), [{ entity_id: 'p-1' }, { entity_id: 'x-1' }])
  client.change(fakeRights([orders]))
  t.same(said(tellingStopped('parcel', client)), [], 'whose rights show nothing of it learns nothing of it')
})
