import { test } from 'tap'
import { Cursors } from '#gateway/table/cursor.js'
import { Authorizer, type Receiver } from '#gateway/authorize/authorize.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { EntityTypes } from '#gateway/decode/entity-types.js'
import { Meter } from '#gateway/observe/meter.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { SubscriptionIndex } from '#gateway/route/subscription-index.js'
import { Connection } from '#gateway/deliver/connection/connection.js'
import type { Audience } from '#policy/rights.js'
import { BadRecordError } from '#errors.js'
import { ConnectionFixture, identity } from '../../support/gateway/connection-fixture.js'
import { fakeAudience, fakeEvent, fakeRights, fakeSchema, lastingRights } from '../../support/gateway/fake-rights.js'
import { throwFault } from '../../support/gateway/throw-fault.js'
import { FakeTransport } from '../../support/gateway/fake-transport.js'

function fail(): never {
  throw new Error('as asked')
}

function subscriber(fixture: ConnectionFixture, audience: Audience, sub: string): FakeTransport {
  const transport = new FakeTransport()
  const connection = new Connection(identity({ sub }), lastingRights(fakeRights([audience])), transport, fixture.context)
  connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.clock.tick()
  return transport
}

test('drops an event that is older than one already sent for its entity, and counts it; equal is not older', async (t) => {
  const fixture = new ConnectionFixture()
  const client = subscriber(fixture, fakeAudience('order'), 'a')
  for (const timestampMs of [5, 7, 6, 7, 8]) fixture.publish(fakeEvent({ timestampMs, json: { timestampMs } }))
  t.same(
    client.updates().map(({ data }) => data),
    [5, 7, 7, 8].map((timestampMs) => ({ timestampMs })),
  )
  t.equal(fixture.meter.eventsStale, 1)
})

test('an event that nobody was allowed to see makes no other one stale', async (t) => {
  const fixture = new ConnectionFixture()
  const hiddenAtSeven: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => (event.timestampMs === 7 ? undefined : fakeAudience('order').maskOf(event)),
  }
  const client = subscriber(fixture, hiddenAtSeven, 'a')
  for (const timestampMs of [7, 6]) fixture.publish(fakeEvent({ timestampMs }))
  t.equal(client.updates().length, 1)
})

test('an event is stale for those alone who were sent a newer one: who may not see that one loses nothing, and learns nothing', async (t) => {
  const fixture = new ConnectionFixture()
  const ofRegion: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => (event.timestampMs % 2 === 0 ? fakeAudience('order').maskOf(event) : undefined),
    canAlwaysReadSomeOf: () => false,
  }
  const [all, some] = [subscriber(fixture, fakeAudience('order'), 'all'), subscriber(fixture, ofRegion, 'some')]
  for (const timestampMs of [7, 4, 6, 5, 2]) fixture.publish(fakeEvent({ timestampMs, json: { timestampMs } }))
  const shown = (client: FakeTransport) => client.updates().map(({ data }) => (data as { timestampMs: number }).timestampMs)
  t.same(shown(all), [7])
  t.same(shown(some), [4, 6])
  t.equal(fixture.meter.eventsStale, 4)
  const late = subscriber(fixture, ofRegion, 'late')
  for (const timestampMs of [2, 6]) fixture.publish(fakeEvent({ timestampMs, json: { timestampMs } }))
  t.same(shown(late), [6], 'nothing older than what those with the same rights were sent, either')
  fixture.publish(
    fakeEvent({ timestampMs: 3, operation: 'delete', data: null }),
    fakeEvent({ timestampMs: 8, operation: 'delete', data: null }),
  )
  t.same(
    [all, some, late].map((client) => client.updates().filter(({ operation }) => operation === 'delete').length),
    [1, 1, 1],
    'nor is a delete without data sent behind what is newer',
  )
})

test('keeps the order of the partition where one topic holds all operations, whatever the timestamps', async (t) => {
  const fixture = new ConnectionFixture()
  const client = subscriber(fixture, fakeAudience('parcel'), 'a')
  for (const timestampMs of [7, 6]) fixture.publish(fakeEvent({ entityType: 'parcel', timestampMs }))
  t.equal(client.updates().length, 2)
})

test('a delete carries no data, whatever the event brings', async (t) => {
  const fixture = new ConnectionFixture()
  const client = subscriber(fixture, fakeAudience('order'), 'a')
  fixture.publish(fakeEvent({ operation: 'delete', json: { secret: 1 } }))
  t.match(client.updates(), [{ operation: 'delete' }])
  t.same(client.updates()[0]?.['data'], {})
})

test('a delete without data reaches those whom an unconditional rule shows a field, and those who were sent the entity', async (t) => {
  const fixture = new ConnectionFixture()
  const always = subscriber(fixture, fakeAudience('order'), 'always')
  const sometimes: Audience = { ...fakeAudience('order'), canAlwaysReadSomeOf: () => false }
  const sent = subscriber(fixture, sometimes, 'sent')
  fixture.publish(fakeEvent())
  const never = subscriber(fixture, sometimes, 'never')
  fixture.publish(fakeEvent({ operation: 'delete', data: null }))
  t.same(
    [always, sent, never].map((client) => client.updates().length),
    [2, 2, 0],
  )
})

test('a delete without data reaches those to whom the same batch sends the entity', async (t) => {
  const fixture = new ConnectionFixture()
  const hiddenAtSeven: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => (event.timestampMs === 7 ? undefined : fakeAudience('order').maskOf(event)),
    canAlwaysReadSomeOf: () => false,
  }
  const client = subscriber(fixture, hiddenAtSeven, 'a')
  fixture.publish(fakeEvent({ timestampMs: 7 }), fakeEvent({ operation: 'delete', data: null, timestampMs: 8 }))
  t.equal(client.updates().length, 0, 'and not those to whom it does not')
  fixture.publish(fakeEvent({ timestampMs: 9 }), fakeEvent({ operation: 'delete', data: null, timestampMs: 10 }))
  t.equal(client.updates().length, 2)
})

test('the tombstone tells those who were sent the entity and may not see the delete itself, and no others', async (t) => {
  const fixture = new ConnectionFixture()
  const updatesOnly: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => (event.operation === 'delete' ? undefined : fakeAudience('order').maskOf(event)),
    canAlwaysReadSomeOf: () => false,
  }
  const sent = subscriber(fixture, updatesOnly, 'a')
  fixture.publish(fakeEvent())
  const late = subscriber(fixture, updatesOnly, 'b')
  const gone = fakeEvent({ operation: 'delete', data: null, tombstone: true })
  fixture.publish(fakeEvent({ operation: 'delete' }), gone, gone)
  t.same(
    [sent, late].map((client) => client.updates().map(({ operation }) => operation)),
    [['update', 'delete'], []],
  )
})

test('the tombstone that follows a delete is not a second delete', async (t) => {
  const fixture = new ConnectionFixture()
  const client = subscriber(fixture, fakeAudience('order'), 'a')
  fixture.publish(fakeEvent({ operation: 'delete' }), fakeEvent({ operation: 'delete', data: null, tombstone: true }))
  t.equal(client.updates().length, 1)
  fixture.publish(fakeEvent(), fakeEvent({ operation: 'delete', data: null, tombstone: true }))
  t.equal(client.updates().length, 3)
})

test('encodes a frame once for all who share a mask and a dialect', async (t) => {
  const fixture = new ConnectionFixture()
  const clients = ['a', 'b', 'c'].map((sub) => subscriber(fixture, fakeAudience('order'), sub))
  const schema = fakeSchema('order')
  fixture.publish(fakeEvent({ data: { schema, bytes: Buffer.from('{"id":1}'), start: 0 } }))
  t.same(
    clients.map((client) => client.updates().length),
    [1, 1, 1],
  )
  t.equal(fixture.meter.framesEncoded, 1)
})

test('judges one audience for all that are alike, and hands on one update a mask', async (t) => {
  const index = new SubscriptionIndex<Receiver>(throwFault)
  let judged = 0
  const all = fakeAudience('order')
  const maskOf = (event: ChangeEvent) => (judged++, all.maskOf(event))
  const newIndex = () => ({ add: () => undefined, remove: () => undefined, candidatesOf: () => new Set<Audience>() })
  const group = { newIndex }
  for (let number = 0; number < 20; number++) {
    const audience: Audience = { ...all, maskOf, group: number < 12 ? group : undefined }
    const never = () => false
    index.add({
      owner: String(number),
      sentTimes: new SentTimes(),
      entityId: 'order-1',
      entityType: 'order',
      audienceOf: () => audience,
      pageAudienceOf: () => audience,
      notePageCompared: () => undefined,
      wasSent: never,
      wasToldOfDelete: never,
      deliver: fail,
    })
  }
  const event = fakeEvent()
  const options = {
    types: new EntityTypes([]),
    tables: { get: () => undefined, has: () => false, types: () => [] },
    schemasOf: (type: string) => [fakeSchema(type)],
    frameBytesMax: 100_000,
    reportBadRecord: () => undefined,
    meter: new Meter(),
    cursors: new Cursors(() => undefined),
    noteFault: throwFault,
  }
  const updates = new Authorizer(options).authorize({
    event,
    before: undefined,
    audiences: index.audiencesOf('order', 'order-1'),
    collections: [],
  })
  const numbers = updates.map(({ receivers }) => Array.from(receivers, ({ owner }) => Number(owner)))
  t.same(numbers, [Array.from({ length: 20 }, (_, number) => number)])
  t.equal(judged, 9)
})

test('what is thrown where one audience is judged concerns that audience alone', async (t) => {
  const fixture = new ConnectionFixture()
  const failing: Audience = { ...fakeAudience('order'), maskOf: fail, canAlwaysReadSomeOf: fail }
  const unwritable: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => ({ ...fakeAudience('order').maskOf(event)!, project: fail }),
  }
  const clients = [failing, fakeAudience('order'), unwritable].map((audience, index) => subscriber(fixture, audience, String(index)))
  fixture.publish(fakeEvent(), fakeEvent({ operation: 'delete', data: null }))
  t.same(
    clients.map((client) => client.updates().map(({ operation }) => operation)),
    [[], ['update', 'delete'], ['delete']],
  )
  t.same(fixture.noted, ['mask order: Error: as asked', 'frame order: Error: as asked', 'mask order: Error: as asked'])
  t.same(fixture.badRecords, [])
  t.equal(fixture.clock.tick(), false, 'nothing is left to be done')
})

test('an audience that cannot be judged speaks for none of those that are alike', async (t) => {
  const fixture = new ConnectionFixture()
  const group = { newIndex: () => ({ add: () => undefined, remove: () => undefined, candidatesOf: () => new Set<Audience>() }) }
  const clients = Array.from({ length: 12 }, (_, number) => {
    const audience: Audience = { ...fakeAudience('order'), group, ...(number < 3 && { maskOf: fail }) }
    return subscriber(fixture, audience, String(number))
  })
  fixture.publish(fakeEvent())
  t.same(
    clients.map((client) => client.updates().length),
    clients.map((_client, number) => (number < 3 ? 0 : 1)),
  )
  t.equal(fixture.noted.length, 3)
})

test('sends nothing of an event in which the permitted leaves have no place', async (t) => {
  const fixture = new ConnectionFixture()
  const client = subscriber(fixture, fakeAudience('order'), 'a')
  fixture.publish(fakeEvent({ json: {} }), fakeEvent({ json: {}, operation: 'delete' }), fakeEvent({ json: { id: 2 } }))
  t.same(
    client.updates().map(({ data }) => data),
    [{ id: 2 }],
  )
})

test('a record that cannot be read is reported, reaches nobody and stops no neighbour', async (t) => {
  const fixture = new ConnectionFixture()
  const broken: Audience = {
    ...fakeAudience('order'),
    maskOf: (event: ChangeEvent) => {
      if (event.offset === 1) throw new BadRecordError('truncated')
      return fakeAudience('order').maskOf(event)
    },
  }
  const healthyFirst = subscriber(fixture, fakeAudience('order'), 'a')
  const client = subscriber(fixture, broken, 'b')
  fixture.publish(...[0, 1, 2].map((offset) => fakeEvent({ offset, json: { offset } })))
  for (const one of [healthyFirst, client])
    t.same(
      one.updates().map(({ data }) => data),
      [{ offset: 0 }, { offset: 2 }],
    )
  t.match(fixture.badRecords, [{ reason: 'truncated' }])
})

test('gives a client that comes back nothing older than what was sent before it left', async (t) => {
  const fixture = new ConnectionFixture()
  const transport = new FakeTransport()
  const connection = new Connection(identity(), lastingRights(fakeRights([fakeAudience('order')])), transport, fixture.context)
  connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.publish(fakeEvent({ timestampMs: 7 }))
  connection.receiveText('{"type":"unsubscribe","entity_id":"order-1"}')
  connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.publish(fakeEvent({ timestampMs: 5 }), fakeEvent({ timestampMs: 8 }))
  t.same(
    transport.updates().map(({ timestamp }) => timestamp),
    [7, 8].map((ms) => new Date(ms).toISOString()),
  )
})

test('whoever has other rights than when the newer event was sent gets nothing older, be it subscribed since or come back', async (t) => {
  const fixture = new ConnectionFixture()
  let rights = fakeRights([fakeAudience('order')])
  const changeRights = () => {
    rights = fakeRights([fakeAudience('order')])
    fixture.index.regroup()
  }
  const open = (sub: string) => {
    const transport = new FakeTransport()
    const current = lastingRights({ audienceOf: (type) => rights.audienceOf(type) })
    return { transport, connection: new Connection(identity({ sub }), current, transport, fixture.context) }
  }
  const stays = open('stays')
  const returns = open('returns')
  for (const { connection } of [stays, returns]) connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.publish(fakeEvent({ timestampMs: 7 }))
  returns.connection.receiveText('{"type":"unsubscribe","entity_id":"order-1"}')
  changeRights()
  returns.connection.receiveText('{"type":"subscribe","entity_id":"order-1","entity_type":"order"}')
  const elsewhere = open('returns')
  elsewhere.connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  const fresh = open('fresh')
  fresh.connection.receiveText('{"type":"subscribe","entity_id":"order-1"}')
  fixture.publish(fakeEvent({ timestampMs: 5 }))
  t.same(
    [stays, returns, elsewhere, fresh].map(({ transport }) => transport.updates().length),
    [1, 1, 0, 1],
    'to a new one, whose rights were sent nothing, it is news',
  )
})
