import { createServer } from 'node:net'
import { test } from 'tap'
import { pause, systemClock } from '#clock.js'
import { reading } from '../../../support/kafka/fake-reading.js'
import { until } from '../../../support/kafka/source-reader.js'

// Brokers that are gone for long, that are slow, or that know less than the others.

test('a broker that is gone is asked a few times a second at most, and is one line of the log', async (t) => {
  const { cluster, source, has, orders, lines } = await reading(t, { nodes: 2, leaders: [1, 2] })
  await source.start(['orders'])
  orders.partitions[1]!.append('before')
  await has('before')
  const { port } = cluster.nodes[1]!
  cluster.nodes[1]!.stop()
  const tries = await connectsTo(port)
  t.ok(tries <= 8, `${tries} tries in two seconds`)
  t.ok(tries >= 1)
  const said = lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
  t.same(new Set(said).size, said.length, 'nothing is said twice')
})

/** How often somebody tries to connect to a port that is closed, within two seconds. */
async function connectsTo(port: number): Promise<number> {
  let tries = 0
  const server = createServer((socket) => {
    tries++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await pause(systemClock, 2000)
  await new Promise((resolve) => server.close(resolve))
  return tries
}

test('where logs end counts also where the answer is late, and is asked once at a time', async (t) => {
  const { cluster, source, orders, has } = await reading(t)
  const [node] = cluster.nodes
  node!.endsTakeMs = 1200
  await source.start(['orders'])
  t.equal(node!.endsAsked, 3, 'the beginning, the end and what is decided')
  orders.partitions[0]!.append('goes on')
  await has('goes on')
})

test('a broker that knows an old leader only is not believed, and another one is asked', async (t) => {
  const { cluster, source, orders, has } = await reading(t, { nodes: 3, leaders: [2] })
  cluster.nodes[0]!.oldMetadata = structuredClone(cluster.metadata(['orders']))
  await source.start(['orders'])
  orders.partitions[0]!.append('before')
  await has('before')
  orders.partitions[0]!.elect(3)
  orders.partitions[0]!.append('after')
  await has('after')
  await until('nothing amiss', () => source.status().reason === undefined)
})
