import { test, type Test } from 'tap'
import type { PartitionSource } from '#gateway/source/partition-source.js'
import { SourceReader, until } from './source-reader.js'

export interface SourceUnderTest {
  readonly source: PartitionSource
  /** A topic of three partitions that no other test uses. */
  readonly createTopic: () => Promise<string>
  /** Deletes the topic and makes it anew, empty. */
  readonly makeAnew: (topic: string) => Promise<void>
  /** In one go, in this order. */
  readonly append: (topic: string, records: readonly { key: string | null; value: string | null }[]) => Promise<void>
}

/** What every source must do: one suite for all of them. `setUp` cleans up after the test it is given. */
export function testPartitionSource(name: string, skip: string | false, setUp: (t: Test) => Promise<SourceUnderTest>): void {
  const check = (sentence: string, body: (t: Test, under: SourceUnderTest) => Promise<void>) =>
    void test(`${name} ${sentence}`, { skip }, async (t) => body(t, await setUp(t)))

  check('starts at the end of the log', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    await append(topic, [{ key: 'a', value: 'before' }])
    await source.start([topic])
    t.same([source.partitionCount(topic), source.partitionCount('unknown')], [3, 0])
    await append(topic, [{ key: 'a', value: 'after' }])
    const reader = new SourceReader(source)
    await until('the first record', () => reader.values().length > 0)
    t.same(reader.values(), ['after'])
  })

  check('keeps the order within a partition, and each key in one', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic])
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (let n = 0; n < 10; n++)
      await append(
        topic,
        keys.map((key) => ({ key, value: `${key}${n}` })),
      )
    await until('all records', () => reader.values().length === 80)
    for (const key of keys) {
      const values = reader.records.filter((record) => record.key?.toString() === key).map(({ value }) => value?.toString())
      t.same(
        values,
        Array.from({ length: 10 }, (_, n) => `${key}${n}`),
      )
      t.equal(new Set(values.map((value) => reader.partitionOf(value!))).size, 1)
    }
    t.ok(new Set(keys.map((key) => reader.partitionOf(`${key}0`))).size > 1, 'the keys are spread')
  })

  check('numbers the records without a gap', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic])
    for (let n = 0; n < 5; n++) await append(topic, [{ key: 'a', value: String(n) }])
    await until('all records', () => reader.values().length === 5)
    t.same(
      reader.records.map(({ offset }) => offset),
      [0, 1, 2, 3, 4],
    )
    t.ok(reader.records.every(({ timestampMs }) => Math.abs(timestampMs - Date.now()) < 60_000))
  })

  check('hands on the next batch only after the release of the last, and in a later tick', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    reader.held.add('*')
    await source.start([topic])
    await append(topic, [{ key: 'a', value: '1' }])
    await until('the first batch', () => reader.batches.length === 1)
    await append(topic, [{ key: 'a', value: '2' }])
    await append(topic, [
      { key: 'b', value: 'other' },
      { key: 'c', value: 'other' },
      { key: 'd', value: 'other' },
    ])
    await until('another partition', () => reader.values().includes('other'))
    t.notOk(reader.values().includes('2'))
    const [first] = reader.batches
    const before = reader.batches.length
    first!.release(0)
    first!.release(0)
    t.equal(reader.batches.length, before, 'not in the same tick')
    await until('the next batch', () => reader.values().includes('2'))
  })

  check('lets the other partitions go on while one is not released', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic])
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    await append(
      topic,
      keys.map((key) => ({ key, value: `${key} first` })),
    )
    await until('one of each', () => reader.values().length === 6)
    const stuck = reader.partitionOf('a first')
    reader.held.add(stuck)
    const others = keys.filter((key) => reader.partitionOf(`${key} first`) !== stuck)
    for (let n = 0; n < 30; n++)
      await append(
        topic,
        keys.map((key) => ({ key, value: `${key} ${n} ${'x'.repeat(20_000)}` })),
      )
    const lastOf = (key: string) => reader.values().some((value) => value?.startsWith(`${key} 29`))
    await until('all of the others', () => others.every(lastOf))
    t.notOk(lastOf('a'))
    const held = reader.batches.filter((batch) => `${topic}/${batch.partition}` === stuck).flatMap(({ records }) => records).length
    const stuckKeys = keys.length - others.length
    await until('the lag of what is not released', () => reader.lagOf(stuck) === stuckKeys * 30)
    t.ok(held < stuckKeys * 30)
    reader.releaseAll()
    await until('the rest', () => keys.every(lastOf))
    t.equal(reader.lagOf(stuck), 0)
    t.equal(reader.values().length, 6 + 6 * 30)
  })

  check('hands on at most 512 KiB in a batch, unless one record is larger', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic])
    const [large, small] = ['l'.repeat(600_000), 's'.repeat(80_000)]
    await append(topic, [{ key: 'a', value: large }])
    await append(
      topic,
      Array.from({ length: 12 }, () => ({ key: 'a', value: small })),
    )
    await until('all records', () => reader.values().length === 13)
    for (const { records, bytes } of reader.batches) {
      t.ok(records.length === 1 || bytes <= 512 * 1024, `${records.length} records, ${bytes} bytes`)
      t.ok(bytes >= records.reduce((sum, { value }) => sum + value!.length, 0), 'counts all bytes')
    }
  })

  check('hands on as many records as should come to 400,000 deliveries', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    reader.deliveriesPerRecord = 40_000
    await source.start([topic])
    await append(topic, [{ key: 'a', value: 'first' }])
    await until('the first record', () => reader.values().length === 1)
    await append(
      topic,
      Array.from({ length: 100 }, (_, n) => ({ key: 'a', value: String(n) })),
    )
    await until('all records', () => reader.values().length === 101)
    for (const { records } of reader.batches) t.ok(records.length <= 10, `${records.length} records`)
  })

  check('brings tombstones and records without a key', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic])
    await append(topic, [
      { key: 'a', value: null },
      { key: null, value: 'no key' },
    ])
    await until('both', () => reader.values().length === 2)
    t.equal(reader.records.find(({ value }) => value === null)?.key?.toString(), 'a')
    t.equal(reader.records.find(({ value }) => value !== null)?.key, null)
  })

  check('tells a late subscriber of all partitions and keeps the records for it', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    await source.start([topic])
    await append(topic, [{ key: 'a', value: 'waits' }])
    const early = new Set<string>()
    source.partitions$.subscribe(({ partition }) => early.add(String(partition)))
    await until('all partitions', () => early.size === 3)
    const reader = new SourceReader(source)
    t.same(
      reader.partitions.sort(),
      [0, 1, 2].map((partition) => `${topic}/${partition}`),
    )
    await until('the record', () => reader.values().includes('waits'))
  })

  check('reads a topic that is made after the start from its beginning', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic, `${topic}-none`])
    await until('being ready', () => source.status().ready)
    t.match(source.status().reason, `${topic}-none`)
    await append(topic, [{ key: 'a', value: 'others go on' }])
    await until('the record', () => reader.values().includes('others go on'))
  })

  check(
    'reads a topic that is added from the end of its log on, while the others go on without a gap',
    async (t, { source, createTopic, append }) => {
      const [topic, added] = [await createTopic(), await createTopic()]
      const reader = new SourceReader(source)
      await source.start([topic])
      await append(topic, [{ key: 'a', value: '1' }])
      await append(added, [{ key: 'a', value: 'before' }])
      await source.add([added])
      await append(topic, [{ key: 'a', value: '2' }])
      await append(added, [{ key: 'a', value: 'after' }])
      await source.add([added])
      await append(topic, [{ key: 'a', value: '3' }])
      await until('the records of both', () => reader.values().includes('3') && reader.values().includes('after'))
      t.same(reader.values().sort(), ['1', '2', '3', 'after'])
      t.same(reader.partitions.length, 6, 'each partition once')
    },
  )

  check('reads a topic from its beginning where told, and says when it has caught up', async (t, { source, createTopic, append }) => {
    const [topic, added] = [await createTopic(), await createTopic()]
    for (const value of ['1', '2']) await append(topic, [{ key: 'a', value }])
    await append(added, [{ key: 'a', value: '3' }])
    const reader = new SourceReader(source)
    reader.held.add('*')
    await source.start([topic], 'beginning')
    await source.add([added], 'beginning')
    await until('a record of each', () => reader.values().includes('1') && reader.values().includes('3'))
    await until('the empty ones', () => reader.caughtUp.length === 4)
    const filled = [reader.partitionOf('1'), reader.partitionOf('3')]
    t.same(
      filled.filter((partition) => reader.caughtUp.includes(partition)),
      [],
    )
    reader.held.clear()
    reader.releaseAll()
    await until('the others', () => reader.caughtUp.length === 6)
    t.same(reader.values().sort(), ['1', '2', '3'])
    t.same(reader.stories.get(filled[0]!), ['1', '2'], 'no break')
  })

  check('says where a topic was made anew, after what came before and before what comes after', async (t, under) => {
    const { source, createTopic, append, makeAnew } = under
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic], 'beginning')
    for (const value of ['1', '2', '3']) await append(topic, [{ key: 'a', value }])
    await until('the old records', () => reader.values().length === 3)
    await makeAnew(topic)
    await append(topic, [{ key: 'a', value: 'new' }])
    await until('the new record', () => reader.values().includes('new'))
    const partition = reader.partitionOf('new')
    t.same(reader.stories.get(partition), ['1', '2', '3', 'break', 'new'])
    await until('being caught up', () => reader.caughtUp.includes(`${partition} again`))
    t.equal(reader.lagOf(partition), 0)
  })

  check('goes on at the ends of logs where told, and hands on nothing of what lies before', async (t, { source, createTopic, append }) => {
    const [topic, other] = [await createTopic(), await createTopic()]
    const reader = new SourceReader(source)
    await append(topic, [{ key: 'a', value: '1' }])
    await source.start([topic], 'beginning')
    await source.add([other])
    await until('the first record', () => reader.values().includes('1'))
    const partition = reader.partitionOf('1')
    reader.held.add(partition)
    for (const value of ['2', '3', '4']) await append(topic, [{ key: 'a', value }])
    await append(other, [{ key: 'a', value: 'other' }])
    await until('the batch that is held', () => reader.values(partition).length > 1)
    await source.skipToEnd([topic])
    for (const one of [topic, other]) await append(one, [{ key: 'a', value: `after ${one === topic}` }])
    const before = reader.stories.get(partition)!.length
    reader.releaseAll()
    await until('what is read after it', () => reader.values().includes('after true') && reader.values().includes('after false'))
    t.same(reader.stories.get(partition)!.slice(before), ['after true'])
    t.ok(reader.values().includes('other'), 'another topic is not touched')
    t.equal(reader.lagOf(partition), 0)
  })

  check('reads logs again where told, behind a break', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    await source.start([topic], 'beginning')
    for (const value of ['1', '2']) await append(topic, [{ key: 'a', value }])
    await until('the records', () => reader.values().length === 2)
    await source.readAgain([topic])
    await until('the records again', () => reader.values().length === 4)
    await append(topic, [{ key: 'a', value: 'after' }])
    await until('what is written then', () => reader.values().includes('after'))
    const partition = reader.partitionOf('after')
    t.same(reader.stories.get(partition), ['1', '2', 'break', '1', '2', 'after'])
    await until('being caught up', () => reader.caughtUp.includes(`${partition} again`))
  })

  check('ends its observables when it is stopped, and hands on nothing more', async (t, { source, createTopic, append }) => {
    const topic = await createTopic()
    const reader = new SourceReader(source)
    t.notOk(source.status().ready, 'not ready before the start')
    await source.start([topic])
    await append(topic, [{ key: 'a', value: '1' }])
    await until('the record', () => reader.values().length === 1)
    let found = false
    source.partitions$.subscribe({ complete: () => (found = true) })
    await source.stop()
    t.equal(reader.completed, 3)
    t.ok(found)
    t.notOk(source.status().ready)
    await append(topic, [{ key: 'a', value: '2' }])
    t.same(reader.values(), ['1'])
  })
}
