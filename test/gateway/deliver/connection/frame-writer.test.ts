import { test } from 'tap'
import { StatefulGateway } from '../../../support/gateway/stateful-gateway.js'

const hourMs = 3_600_000

test('only what comes of a record of now says how long deliveries take: a snapshot may be of an entity of any age', async (t) => {
  const gateway = await StatefulGateway.start()
  const counted = () => gateway.meter.deliveryLatency.bucketCounts()
  const total = () => counted().reduce((sum, count) => sum + count, 0)
  gateway.write('order-1')
  await gateway.settle()
  await gateway.clock.advance(hourMs)
  const page = gateway.connect({ roles: ['all'] })
  page.ask({ type: 'subscribe', entity_id: 'order-1', entity_type: 'order', snapshot: true })
  page.ask({ type: 'subscribe', entity_type: 'order', where: {}, snapshot: true })
  await gateway.settle()
  t.equal(page.heard().filter(({ operation }) => operation === 'snapshot').length, 2)
  t.equal(total(), 0)
  gateway.write('order-1', { status: 'PAID' })
  await gateway.settle()
  t.equal(counted()[0], total(), 'in no time')
  t.ok(total() > 0)
})
