import { test } from 'tap'
import { Cursors } from '#gateway/table/cursor.js'
import { EntityUpdate, answerFrame } from '#gateway/authorize/entity-update.js'
import { FrameRoom } from '#gateway/authorize/frame-room.js'
import { CloseWhenFull } from '#gateway/deliver/backlog/close-when-full.js'
import type { ConnectionMessage } from '#gateway/deliver/backlog/backlog.js'
import { judgeAnew, withdrawType } from '#gateway/deliver/connection/waiting-updates.js'
import { Meter } from '#gateway/observe/meter.js'
import { FakeClient, noWish } from '../../../support/gateway/fake-client.js'
import { fakeAudience, fakeEvent, fakeRights } from '../../../support/gateway/fake-rights.js'
import { throwFault } from '../../../support/gateway/throw-fault.js'

const [orders, parcels] = [fakeAudience('order'), fakeAudience('parcel')]
const bothTypes = fakeRights([orders, parcels])
const reportBadRecord = (event: { readonly entityType: string }, error: unknown) => throwFault('', event.entityType, error)
const room = new FrameRoom({ frameBytesMax: 10_000, meter: new Meter(), reportBadRecord, cursors: new Cursors(() => undefined) })

/** An answer, an update of an order, one of a parcel, and a close code. */
function backlogOf() {
  const backlog = new CloseWhenFull<ConnectionMessage>({ mailboxBytes: 0 }, 10_000)
  const updates = [orders, parcels].map((audience) => {
    const event = fakeEvent({ entityType: audience.entityType })
    return new EntityUpdate(event, audience.maskOf({ data: event.data }), room)
  })
  backlog.push(answerFrame('{"type":"answer"}'))
  for (const update of updates) backlog.push(update.frame('sluice.v1'))
  backlog.push({ kind: 'close', name: 'shutting_down', size: 0, mailboxes: 0 })
  const waiting = () => {
    const kinds: string[] = []
    backlog.revise((message) => {
      kinds.push(message.kind === 'frame' ? (message.update?.entityType ?? 'answer') : message.kind)
      return message
    })
    return kinds
  }
  return { backlog, waiting, updates }
}

test('what the rights of now do not show leaves the backlog, and all else stays in its order', async (t) => {
  const { backlog, waiting } = backlogOf()
  const client = new FakeClient(bothTypes)
  client.subscriptions.put('order-1', undefined, noWish)
  client.subscriptions.noteState('order-1', 'parcel', false)
  t.ok(judgeAnew(backlog, client))
  t.same(waiting(), ['answer', 'order', 'parcel', 'close'])
  client.change(fakeRights([orders]))
  t.ok(judgeAnew(backlog, client))
  t.same(waiting(), ['answer', 'order', 'close'])
  t.notOk([...client.listed][0]!.wasSent('parcel'), 'the client never had it')
})

test('an update whose event is forgotten stays where its rules are the same, and otherwise cannot be judged', async (t) => {
  const { backlog, waiting, updates } = backlogOf()
  for (const update of updates) update.forget()
  const client = new FakeClient(bothTypes)
  client.change(fakeRights([orders, fakeAudience('parcel', 'sometimes')]))
  t.notOk(judgeAnew(backlog, client))
  t.same(waiting(), ['answer', 'order', 'close'])
})

test('what waits of a type that stops leaves the backlog', async (t) => {
  const { backlog, waiting } = backlogOf()
  withdrawType(backlog, 'order')
  t.same(waiting(), ['answer', 'parcel', 'close'])
})
