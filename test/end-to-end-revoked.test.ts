import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { subprotocols, type Subprotocol } from '#protocol/dialect.js'
import { ServedGateway } from './support/gateway/served-gateway.js'
import { socketOf } from './support/gateway/echo-server.js'
import { until } from './support/running/until.js'

const record = (name: string) => ({
  ...{ type: 'record', name, streamable: true },
  fields: ['id', 'secret'].map((field) => ({ name: field, type: 'string' })),
})
const records = { order: record('Order'), parcel: record('Parcel') } as unknown as Parameters<typeof ServedGateway.start>[1]
const shows = (subject: string, ...fields: string[]) => ({ action: 'read', subject, fields })
const policyOf = (...rules: object[]) => ({ roles: { clerk: rules } })
const whole = policyOf(shows('order', '**'), shows('parcel', '**'))
const orderWithoutSecret = policyOf(shows('order', 'id'), shows('parcel', '**'))

/** A client that has stopped to read when its socket was full: by the kernel's part, and by this process's. */
async function clientThatDoesNotRead(t: Parameters<typeof ServedGateway.start>[0], served: ServedGateway, subprotocol?: Subprotocol) {
  const client = await served.connect(t, 'stuck', ['clerk'], subprotocol)
  client.ask({ type: 'subscribe', entity_id: '1' })
  await until(() => served.meter.subscriptions === 1)
  await until(() => client.received.some((text) => text.includes('subscription_success')))
  socketOf(client).pause()
  const fill = async (entityType: string, isFull: () => boolean) => {
    while (!isFull()) {
      served.write(entityType, '1', { id: '1', secret: 's'.repeat(20_000) })
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { client, fill, drain: () => socketOf(client).resume() }
}

for (const subprotocol of subprotocols) {
  test(`nothing of a revoked field leaves the process for a client of ${subprotocol} that reads again after a change of the policy`, async (t) => {
    const served = await ServedGateway.start(t, records, whole, { limits: { mailboxBytesMax: 4_000_000 } })
    const { client, fill, drain } = await clientThatDoesNotRead(t, served, subprotocol)
    // A mailbox begins to fill when the process has as much in the socket's buffer as it puts there.
    await fill('order', () => served.meter.mailboxBytes > 100_000)
    const { bytesSent } = served.meter
    served.policy.replaceBy(parsePolicy(JSON.stringify(orderWithoutSecret)))
    drain()
    t.same(await client.closed, { code: 1006, reason: '' })
    const received = client.received.reduce((sum, text) => sum + text.length, 0)
    t.ok(bytesSent - received > 64 * 1024, 'what was in the buffer of the process stayed there', { bytesSent, received })
    t.equal(served.meter.connectionsClosed.get('rights_changed'), 1)
  })
}

test('a client whose socket holds nothing of the types with other rules stays, and is sent all of it', async (t) => {
  const served = await ServedGateway.start(t, records, whole, { limits: { mailboxBytesMax: 4_000_000 } })
  const { client, fill, drain } = await clientThatDoesNotRead(t, served)
  await fill('parcel', () => served.meter.mailboxBytes > 100_000)
  served.policy.replaceBy(parsePolicy(JSON.stringify(orderWithoutSecret)))
  drain()
  await until(() => served.meter.mailboxBytes === 0)
  served.write('order', '1', { id: '1', secret: 's' })
  await until(() => client.received.at(-1)?.includes('"entity_type":"order"') === true)
  t.match(client.received.at(-1), '"data":{"id":"1"}')
  const { length } = client.received.filter((text) => text.includes('entity_update'))
  t.equal(length, served.meter.framesEncoded)
})
