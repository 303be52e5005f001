import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource, type KafkaSourceOptions } from '#gateway/source/kafka/kafka-source.js'
import { AnswerLosingProxy } from '../../../support/kafka/answer-losing-proxy.js'
import { KafkaTopics, uniqueName } from '../../../support/kafka/kafka-topics.js'
import { testPartitionSource } from '../../../support/kafka/partition-source.case.js'
import { saslUser } from '../../../support/real-parts/server-properties.js'
import { ownBroker, realParts, secureListeners, skipOwnParts, skipRealParts } from '../../../support/real-parts/real-parts.js'
import { SourceReader, until } from '../../../support/kafka/source-reader.js'

interface Logged {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly message: string
}

function sourceOf(t: Test, options: Partial<KafkaSourceOptions> & Pick<KafkaSourceOptions, 'brokers'>) {
  const logged: Logged[] = []
  const write = (level: string) => (fields: Record<string, unknown>, message: string) => void logged.push({ level, fields, message })
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const meter = new Meter()
  const source = new KafkaSource({ clock: systemClock, meter, log, bufferBytesMax: 8_000_000, ...options })
  t.teardown(() => source.stop())
  return { source, reader: new SourceReader(source), logged, meter }
}

async function topicsOf(t: Test, brokers: readonly string[]): Promise<KafkaTopics> {
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  return topics
}

async function onRealBroker(t: Test) {
  const { brokers } = await realParts()
  const topics = await topicsOf(t, brokers)
  const topic = uniqueName('orders')
  return { brokers, topics, topic }
}

testPartitionSource('KafkaSource', skipRealParts, async (t) => {
  const { brokers, topics } = await onRealBroker(t)
  return {
    source: sourceOf(t, { brokers }).source,
    createTopic: async () => {
      const topic = uniqueName('orders')
      await topics.create(topic, 3)
      return topic
    },
    makeAnew: async (topic) => {
      await topics.delete(topic)
      await until('its loss', async () => !(await topics.exists(topic)))
      await topics.create(topic, 3)
    },
    append: (topic, records) => topics.produce(topic, [...records]),
  }
})

for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  void test(`KafkaSource reads what Kafka's own client wrote in ${codec}`, { skip: skipOwnParts || skipRealParts }, async (t) => {
    const { brokers, topics, topic } = await onRealBroker(t)
    await topics.create(topic)
    const { source, reader } = sourceOf(t, { brokers })
    await source.start([topic])
    // Of several blocks, both that compress well and that do not.
    const lines = Array.from({ length: 3000 }, (_, n) => `${n} ${'x'.repeat(n % 200)} ${Math.sin(n)}`)
    await topics.produceWithJava(topic, codec, lines)
    await until('all records', () => reader.records.length >= lines.length)
    t.same(reader.values(), lines)
  })
}

void test('KafkaSource does not deliver aborted transactions, even of producers that overlap', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await onRealBroker(t)
  await topics.create(topic)
  const { source, reader } = sourceOf(t, { brokers })
  await source.start([topic])
  const outer = await topics.transaction(topic, [{ value: 'aborted' }])
  const inner = await topics.transaction(topic, [{ value: 'aborted' }])
  const good = await topics.transaction(topic, [{ value: 'committed' }])
  await outer.send([{ value: 'aborted' }])
  await topics.produce(topic, [{ value: 'plain' }])
  for (const end of [inner.abort, good.commit, outer.abort]) await end()
  const last = await topics.transaction(topic, [{ value: 'aborted' }])
  await last.abort()
  await topics.produce(topic, [{ value: 'last' }])
  await until('the last record', () => reader.values().includes('last'))
  t.same(reader.values(), ['committed', 'plain', 'last'])
})

void test(
  'KafkaSource skips a batch that would become too large, says which, and reads its neighbours',
  { skip: skipRealParts },
  async (t) => {
    const { brokers, topics, topic } = await onRealBroker(t)
    await topics.create(topic, 2)
    const { source, reader, logged, meter } = sourceOf(t, { brokers })
    await source.start([topic])
    await topics.produce(topic, [{ value: 'before', partition: 0 }])
    await topics.produceCompressed(topic, 'gzip', [{ value: Buffer.alloc(40_000_000), partition: 0 }])
    const both = [0, 1].map((partition) => ({ value: 'after', partition }))
    await topics.produce(topic, both)
    await until('the records after it', () => reader.values().filter((value) => value === 'after').length === 2)
    t.same(reader.values(`${topic}/0`), ['before', 'after'])
    const [error, ...more] = logged.filter(({ level, message }) => level === 'error' && message.includes('batch'))
    t.match(error, { fields: { topic, partition: 0, firstOffset: 1, lastOffset: 1 } })
    t.same(more, [])
    t.same([...meter.offsetsSkipped], [['unreadable_batch', 1]])
  },
)

/** A broker whose answers change on the way to whoever reads, and a topic of two partitions. */
async function behindChangingProxy(t: Test) {
  const proxy = await AnswerLosingProxy.start()
  const broker = await ownBroker(proxy)
  t.teardown(async () => {
    proxy.stop()
    await broker.stop()
  })
  const topics = await topicsOf(t, [broker.address])
  const topic = uniqueName('orders')
  await topics.create(topic, 2)
  const set = sourceOf(t, { brokers: [proxy.address] })
  await set.source.start([topic])
  await until('reading', () => set.source.status().ready)
  /** Of so many answers that hold the word. */
  const change = (times: number) => {
    proxy.alter = (bytes) => {
      const at = bytes.indexOf('fragile')
      if (at === -1 || times-- <= 0) return bytes
      const changed = Buffer.from(bytes)
      changed[at] = 'g'.charCodeAt(0)
      return changed
    }
  }
  return { ...set, topic, topics, change }
}

void test(
  'KafkaSource fetches what was changed on the way again, and loses, doubles and holds up nothing for it',
  { skip: skipOwnParts },
  async (t) => {
    const { topic, topics, change, reader, meter, logged } = await behindChangingProxy(t)
    await topics.produce(topic, [{ value: 'before', partition: 0 }])
    await until('the first', () => reader.values().length === 1)
    change(2)
    await topics.produce(topic, [{ value: 'fragile', partition: 0 }])
    await topics.produce(topic, [
      { value: 'after', partition: 0 },
      { value: 'other', partition: 1 },
    ])
    await until('the other partition', () => reader.values(`${topic}/1`).includes('other'))
    await until('all', () => reader.values(`${topic}/0`).includes('after'))
    t.same(reader.values(`${topic}/0`), ['before', 'fragile', 'after'])
    t.same([...meter.offsetsSkipped], [])
    t.match(
      logged.filter(({ message }) => message.includes('damaged')),
      [{ level: 'warn', fields: { topic, partition: 0, offset: 1 } }],
    )
  },
)

void test(
  'KafkaSource skips what stays damaged, counts and says it, and the other partitions go on meanwhile',
  { skip: skipOwnParts },
  async (t) => {
    const { topic, topics, change, reader, meter, logged } = await behindChangingProxy(t)
    change(Infinity)
    await topics.produce(topic, [{ value: 'before', partition: 0 }])
    await topics.produce(topic, [
      { value: 'fragile', partition: 0 },
      { value: 'in the same batch', partition: 0 },
    ])
    await topics.produce(topic, [{ value: 'after', partition: 0 }])
    for (let n = 0; n < 20; n++) await topics.produce(topic, [{ value: `other ${n}`, partition: 1 }])
    await until('the other partition', () => reader.values(`${topic}/1`).length === 20)
    t.notOk(reader.values().includes('after'), 'which has not waited')
    await until('the record after it', () => reader.values(`${topic}/0`).includes('after'), 30_000)
    t.same(reader.values(`${topic}/0`), ['before', 'after'])
    t.same([...meter.offsetsSkipped], [['damaged_batch', 2]])
    t.match(
      logged.filter(({ message }) => message.includes('damaged')),
      [{ level: 'warn' }, { level: 'error', fields: { topic, partition: 0, firstOffset: 1, lastOffset: 2 } }],
    )
  },
)

void test('KafkaSource joins no group', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await onRealBroker(t)
  await topics.create(topic)
  const { source, reader } = sourceOf(t, { brokers })
  await source.start([topic])
  await topics.produce(topic, [{ value: '1' }])
  await until('the record', () => reader.values().length === 1)
  const members = await topics.groupMembers()
  t.notOk(members.includes('sluice'), members.join())
})

void test('KafkaSource reads partitions that are added later from their beginning', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await onRealBroker(t)
  await topics.create(topic)
  const { source, reader } = sourceOf(t, { brokers })
  await source.start([topic])
  await until('reading', () => source.status().ready)
  await topics.growTo(topic, 3)
  await topics.produce(topic, [{ value: 'added', partition: 2 }])
  await until('the record', () => reader.values(`${topic}/2`).includes('added'))
  t.same(
    reader.partitions.sort(),
    [0, 1, 2].map((partition) => `${topic}/${partition}`),
  )
})

void test(
  'KafkaSource waits for topics that do not exist, makes none, and reads them from their beginning',
  { skip: skipRealParts },
  async (t) => {
    const { brokers, topics, topic } = await onRealBroker(t)
    const other = uniqueName('other')
    await topics.create(other)
    const { source, reader, logged } = sourceOf(t, { brokers })
    await source.start([topic, other])
    await until('reading', () => source.status().ready)
    t.match(source.status().reason, topic)
    t.ok(logged.some(({ level, message }) => level === 'warn' && message.includes(topic)))
    await topics.produce(other, [{ value: 'goes on' }])
    await until('the other topic', () => reader.values().includes('goes on'))
    t.notOk(await topics.exists(topic))
    await topics.create(topic)
    await topics.produce(topic, [{ value: 'first' }])
    await until('the new topic', () => reader.values().includes('first'))
    t.same(source.status(), { ready: true })
    await topics.produce(other, [{ value: 'still goes on' }])
    await until('both', () => reader.values().includes('still goes on'))
    t.same(reader.values(`${other}/0`), ['goes on', 'still goes on'])
  },
)

void test('KafkaSource keeps a stuck partition within its share, and loses nothing of it', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await onRealBroker(t)
  await topics.create(topic, 2)
  const { source, reader } = sourceOf(t, { brokers, bufferBytesMax: 1_000_000 })
  await source.start([topic])
  reader.held.add(`${topic}/0`)
  const sent = Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(20_000)}`)
  for (const value of sent)
    await topics.produce(
      topic,
      [0, 1].map((partition) => ({ value, partition })),
    )
  await until('the other partition', () => reader.values(`${topic}/1`).length === sent.length)
  t.same(reader.values(`${topic}/1`), sent)
  reader.releaseAll()
  await until('the stuck one', () => reader.values(`${topic}/0`).length === sent.length)
  t.same(reader.values(`${topic}/0`), sent)
})

for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
  void test(`KafkaSource logs in by SASL ${mechanism}`, { skip: skipOwnParts }, async (t) => {
    const { saslBrokers: brokers } = await secureListeners()
    const topics = await topicsOf(t, (await secureListeners()).brokers)
    const topic = uniqueName('orders')
    await topics.create(topic)
    const { source, reader } = sourceOf(t, { brokers, sasl: { mechanism, ...saslUser } })
    await source.start([topic])
    await topics.produce(topic, [{ value: 'secret' }])
    await until('the record', () => reader.values().includes('secret'))
  })
}

void test('KafkaSource says when it may not log in, without the password', { skip: skipOwnParts }, async (t) => {
  const { saslBrokers: brokers } = await secureListeners()
  const { source, logged } = sourceOf(t, { brokers, sasl: { mechanism: 'plain', username: 'alice', password: 'not-the-word' } })
  void source.start(['orders'])
  await until('the refusal', () => /authentication/i.test(source.status().reason ?? ''))
  t.notOk(source.status().ready)
  t.notMatch(JSON.stringify([source.status(), logged]), 'not-the-word')
})

void test('KafkaSource reads over TLS from a broker whose certificate it was given', { skip: skipOwnParts }, async (t) => {
  const { tlsBrokers: brokers, tlsCertificate: ca, brokers: plain } = await secureListeners()
  const topics = await topicsOf(t, plain)
  const topic = uniqueName('orders')
  await topics.create(topic)
  const distrusting = sourceOf(t, { brokers, tls: true })
  void distrusting.source.start([topic])
  const { source, reader } = sourceOf(t, { brokers, tls: { ca } })
  await source.start([topic])
  await topics.produce(topic, [{ value: 'sealed' }])
  await until('the record', () => reader.values().includes('sealed'))
  await until('the distrust', () => /certificate/.test(distrusting.source.status().reason ?? ''))
  t.notOk(distrusting.source.status().ready)
})

void test(
  'KafkaSource goes on where it stood after the broker was killed, each record once and in order',
  { skip: skipOwnParts },
  async (t) => {
    const broker = await ownBroker()
    t.teardown(() => broker.stop())
    const topic = uniqueName('orders')
    let topics = await KafkaTopics.connect([broker.address])
    await topics.create(topic, 2)
    await topics.produce(topic, [{ value: 'before the start', partition: 0 }])
    const send = async (from: number, count: number) => {
      const messages = Array.from({ length: count }, (_, i) => [0, 1].map((partition) => ({ value: String(from + i), partition }))).flat()
      await topics.produce(topic, messages)
    }
    const { source, reader, logged } = sourceOf(t, { brokers: [broker.address] })

    await topics.close()
    await broker.kill()
    const started = source.start([topic])
    await until('a reason', () => /cannot be read/.test(source.status().reason ?? ''))
    t.ok(logged.some(({ level }) => level === 'error'))
    await broker.restart()
    await started
    topics = await KafkaTopics.connect([broker.address])
    await send(0, 100)
    await until('the first hundred', () => reader.records.length === 200)

    await topics.close()
    await broker.kill()
    await until('not being ready', () => !source.status().ready)
    await broker.restart()
    topics = await KafkaTopics.connect([broker.address])
    await send(100, 100)
    await until('all of them', () => reader.records.length >= 400)
    await send(200, 1)
    await until('the last ones', () => reader.values(`${topic}/0`).includes('200') && reader.values(`${topic}/1`).includes('200'))
    const expected = Array.from({ length: 201 }, (_, n) => String(n))
    for (const partition of [0, 1]) t.same(reader.values(`${topic}/${partition}`), expected)
    await until('no reason any more, as of the next look', () => source.status().reason === undefined)
    t.same(source.status(), { ready: true })
    await topics.close()
  },
)

void test('KafkaSource reads a topic that was deleted and made anew from its beginning', { skip: skipRealParts }, async (t) => {
  const { brokers, topics, topic } = await onRealBroker(t)
  const other = uniqueName('other')
  for (const name of [topic, other]) await topics.create(name)
  const { source, reader } = sourceOf(t, { brokers })
  await source.start([topic, other])
  await topics.produce(
    topic,
    ['1', '2', '3'].map((value) => ({ value })),
  )
  await until('the old records', () => reader.values().length === 3)
  await topics.delete(topic)
  await until('its loss', () => source.status().reason?.includes(topic) === true)
  await topics.create(topic)
  await topics.produce(topic, [{ value: 'new' }])
  await until('the new record', () => reader.values().includes('new'))
  t.same(reader.values(`${topic}/0`), ['1', '2', '3', 'new'])
})
