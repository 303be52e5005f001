import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import type { Transport } from '#gateway/deliver/connection/transport.js'
import { identity } from '../../../support/gateway/connection-fixture.js'
import { StatefulGateway } from '../../../support/gateway/stateful-gateway.js'

const transport: Transport = {
  send: () => undefined,
  cork: (write) => write(),
  bufferedBytes: () => 0,
  close: () => undefined,
  cut: () => undefined,
}

const count = 2_000
/** Measured: 2,000 B. A copy of what connections share, an object with a shape of its own, added 900. */
const bytesMax = 2_400

test('a connection with a page of one entity that has begun with a snapshot takes little memory', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const limits = {
    mailboxesBytesMax: 10_000_000,
    connectionsMax: count,
    connectionsPerSubMax: 1,
    socketsMax: 2 * count,
    subscriptionsTotalMax: count,
  }
  const gateway = await StatefulGateway.start(limits)
  for (let n = 0; n < count; n++) gateway.write(`order-${n}`)
  await gateway.settle()
  const heapBytes = () => (collect(), collect(), process.memoryUsage().heapUsed)
  const before = heapBytes()
  const connections = Array.from({ length: count }, (_none, n) => {
    const sub = `user-${n}`
    const connection = gateway.gateway.connections.accept(
      identity({ sub, roles: ['all'], claims: { sub }, subprotocol: 'sluice.v1' }),
      transport,
    )
    connection.receiveText(`{"type":"subscribe","entity_id":"order-${n}","entity_type":"order","snapshot":true}`)
    return connection
  })
  await gateway.settle()
  const bytes = (heapBytes() - before) / connections.length
  t.comment(`${Math.round(bytes)} B`)
  t.equal(gateway.meter.snapshots, count)
  t.ok(bytes < bytesMax, `${Math.round(bytes)} B a connection`)
})
