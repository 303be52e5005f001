import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeHeapSnapshot } from 'node:v8'
import { test } from 'tap'
import { TabledGateway, toldIn } from '../../support/gateway/tabled-gateway.js'

const hourMs = 3_600_000

/** All memory in which rows lie, of the tables and of the window. */
function blocksOf({ gateway }: TabledGateway): Buffer[] {
  const tables = gateway['tables']
  const rows = [...tables.all()].flatMap((table) => table['table']['rows']['blocks'])
  return [...rows, ...tables.window['blocks']].flatMap((block) => block?.bytes ?? [])
}

/** Lies outside of the heap, as what looks for it must not be found. */
const canary = () => Buffer.from(randomBytes(16).toString('hex'))

test('what a tombstone erased is nowhere in memory after the window has passed, also where nothing else was written', async (t) => {
  const [erased, kept] = [canary(), canary()]
  const all = new TabledGateway()
  all.write('order', 'order-1', erased.toString())
  await all.start()
  const client = await all.subscribe('order-1', 'order')
  t.equal(toldIn(client).length, 1)
  const { partition } = all.topics.append('order', { key: Buffer.from('order-1'), value: null })
  await all.clock.settle()
  all.topics.dropBefore('order', partition, 1)
  client.received.length = 0
  t.ok(
    blocksOf(all).some((bytes) => bytes.includes(erased)),
    'it can be replayed until then',
  )
  await all.clock.advance(hourMs + 10_000)
  t.notOk(blocksOf(all).some((bytes) => bytes.includes(erased)))
  const held = { text: kept.toString() }
  const heap = readFileSync(writeHeapSnapshot(`${t.testdir()}/heap`))
  t.ok(heap.includes(kept), 'what is there is found')
  t.notOk(heap.includes(erased))
  t.equal(held.text.length, kept.length)
})

test('a deleted entity is forgotten when it was known for an hour, and not before the tables are full again', async (t) => {
  const all = new TabledGateway({}, 1)
  all.write('order', 'order-1', '', 'delete')
  await all.start()
  const countOf = () => all.meter.versions!.byType.get('order')!.count
  await all.clock.advance(hourMs - 10_000)
  t.equal(countOf(), 1)
  all.registry.isAway = true
  all.evolve('parcel', ['added'])
  all.topics.makeAnew('parcel')
  all.write('parcel', 'parcel-1', '', 'update', { added: '' })
  await all.clock.advance(3 * hourMs)
  t.equal(countOf(), 1, 'a table is filled again meanwhile')
  all.registry.isAway = false
  await all.clock.advance(2 * hourMs + 20_000)
  t.equal(countOf(), 0)
})

test('a second that brought very many versions is forgotten in portions', async (t) => {
  const all = new TabledGateway({ window: { bytesMax: 10_000_000, secondsMax: 60 } }, 1)
  await all.start()
  for (let n = 0; n <= 2_500; n++) all.write('order', 'order-1', `${n}`)
  await all.clock.settle()
  const { window } = all.gateway['tables']
  t.ok(window.bytes > 2_500 * 60)
  await all.clock.advance(60_000 + 5_000)
  t.equal(window.bytes, 0)
  t.equal(window.ageSeconds, 0)
})
