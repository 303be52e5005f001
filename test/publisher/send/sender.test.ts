import { test } from 'tap'
import type { PublishError } from '#publisher/publish-error.js'
import type { RecordProducer } from '#kafka/record-producer.js'
import { Sender, type SenderLimits, type SentRecord } from '#publisher/send/sender.js'
import { type Fate, FakeLog } from '../../support/kafka/fake-log.js'
import { fc } from '../../support/running/seeded-properties.js'
import { SilentLog } from '../../support/running/silent-log.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

const limits: SenderLimits = { queueBytesMax: 100_000, batchBytesMax: 10_000, deliveryTimeoutMs: 10_000, closeTimeoutMs: 5000 }

function senderTo(kafka: FakeLog, changed: Partial<SenderLimits> = {}) {
  const clock = new SimulatedClock()
  const sender = new Sender(kafka.newProducer(), kafka.connect, { ...limits, ...changed }, clock, new SilentLog())
  const outcomes = new Map<string, SentRecord | PublishError>()
  const send = (key: string, value: string, size = 0) => {
    const record = { key, value: Buffer.from(value.padEnd(size)), timestampMs: undefined }
    const keep = (outcome: SentRecord | PublishError) => void outcomes.set(value, outcome)
    sender.send('orders', record).then(keep, keep)
  }
  const codes = () => [...outcomes].map(([value, outcome]) => `${value} ${'code' in outcome ? outcome.code : 'sent'}`)
  return { clock, sender, send, outcomes, codes }
}

/** The fates in turn, and then none but good ones. */
function inTurn(...fates: Fate[]): () => Fate {
  return () => fates.shift() ?? 'answered'
}

function places(kafka: FakeLog): string[] {
  return [...kafka.written].flatMap(([place, records]) => records.map((record, offset) => `${record.trim()} ${place}/${offset}`))
}

const fates: readonly Fate[] = ['answered', 'unanswered', 'unreached', 'refused', 'record_refused', 'sequence_lost', 'hung', 'hung_written']

void test('whatever becomes of the attempts, what was answered is written once and in order, and what was not sent is not', async (t) => {
  let unknown = 0
  const run = async (many: readonly { key: string; pauseMs: number }[], chosen: readonly Fate[], isAway: boolean) => {
    const kafka = new FakeLog(2, inTurn(...chosen))
    const { clock, sender, send, outcomes } = senderTo(kafka, { deliveryTimeoutMs: 300, batchBytesMax: 2000 })
    kafka.isReachable = !isAway
    for (const [version, { key, pauseMs }] of many.entries()) {
      send(key, String(version))
      await clock.advance(pauseMs)
    }
    await clock.advance(1000)
    kafka.isReachable = true
    await clock.advance(100_000)
    if (outcomes.size !== many.length) throw new Error('some were never answered')
    const written = [...kafka.written.values()].flat().map((record) => record.trim())
    if (new Set(written).size !== written.length) throw new Error(`doubled: ${written.join()}`)
    if (kafka.underWayMost > 1 || kafka.misuses > 0) throw new Error('several at a time')
    for (const [version, outcome] of outcomes) {
      const key = many[Number(version)]!.key
      const isWritten = written.includes(`${key} ${version}`)
      if ('code' in outcome && outcome.code === 'outcome_unknown') unknown++
      else if (isWritten === 'code' in outcome) throw new Error(`${version}: ${JSON.stringify(outcome)}, written ${isWritten}`)
      if ('offset' in outcome && kafka.written.get(`orders/${outcome.partition}`)![Number(outcome.offset)] !== `${key} ${version}`)
        throw new Error(`${version} is not at ${outcome.offset}`)
    }
    for (const log of kafka.written.values())
      for (const key of ['a', 'b', 'c']) {
        const own = log.filter((record) => record.startsWith(key)).map((record) => Number(record.slice(2)))
        if (own.some((version, at) => at > 0 && version < own[at - 1]!)) throw new Error(`out of order: ${own.join()}`)
      }
    await sender.close()
  }
  const publish = fc.record({ key: fc.constantFrom('a', 'b', 'c'), pauseMs: fc.constantFrom(0, 0, 1, 60, 200) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(publish, { minLength: 1, maxLength: 15 }),
      fc.array(fc.constantFrom(...fates), { maxLength: 12 }),
      fc.boolean(),
      run,
    ),
    { numRuns: 500 },
  )
  t.ok(unknown > 0, 'some outcomes were unknown')
})

void test('a batch whose answer was lost is sent again, the same, before what was published meanwhile', async (t) => {
  const kafka = new FakeLog(1, inTurn('unanswered', 'unreached'))
  const { clock, send, codes } = senderTo(kafka)
  send('a', '1')
  await clock.advance(10)
  send('a', '2')
  await clock.advance(1000)
  t.same(places(kafka), ['a 1 orders/0/0', 'a 2 orders/0/1'])
  t.same(codes(), ['1 sent', '2 sent'])
  t.equal(kafka.producers, 1, 'by the same producer, whose id tells Kafka that it has it already')
})

void test('what has no answer in time is given up as unknown, and a new producer goes on', async (t) => {
  const kafka = new FakeLog(1, () => 'unanswered')
  const { clock, send, codes } = senderTo(kafka)
  send('a', '1')
  await clock.advance(limits.deliveryTimeoutMs + 2000)
  t.same(codes(), ['1 outcome_unknown'])
  kafka.nextFate = () => 'answered'
  send('a', '2')
  await clock.advance(1000)
  t.same(codes(), ['1 outcome_unknown', '2 sent'])
  t.same(places(kafka), ['a 1 orders/0/0', 'a 2 orders/0/1'], 'the numbers of the first are not taken for those of the second')
  t.equal(kafka.producers, 2)
  t.equal(kafka.closed, 1)
})

void test('what waits behind a batch in trouble is not sent when its time is over, and is known not to be', async (t) => {
  const kafka = new FakeLog(1, () => 'unreached')
  const { clock, send, codes } = senderTo(kafka)
  send('a', '1')
  await clock.advance(100)
  send('a', '2')
  await clock.advance(limits.deliveryTimeoutMs + 3000)
  t.same(codes(), ['1 outcome_unknown', '2 not_sent'])
})

void test('gives up by the time that has passed, whatever the clock is set to meanwhile', async (t) => {
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const kafka = new FakeLog(1, () => 'unreached')
    const { clock, send, codes } = senderTo(kafka)
    send('a', '1')
    await clock.advance(100)
    send('a', '2')
    clock.jump(jumpMs)
    await clock.advance(limits.deliveryTimeoutMs / 2)
    t.same(codes(), [])
    await clock.advance(limits.deliveryTimeoutMs / 2 + 3000)
    t.same(codes(), ['1 outcome_unknown', '2 not_sent'])
  }
})

void test('a refusal rejects its batch alone; after a lost answer even a refusal says nothing', async (t) => {
  const kafka = new FakeLog(1, inTurn('refused', 'answered', 'unanswered', 'refused'))
  const { clock, send, codes } = senderTo(kafka)
  for (const value of ['1', '2', '3']) {
    send('a', value)
    await clock.advance(1000)
  }
  t.same(codes(), ['1 refused', '2 sent', '3 outcome_unknown'])
})

void test('what Kafka refuses for one record is refused to that record alone, and the others keep their order', async (t) => {
  const kafka = new FakeLog(1)
  kafka.isRefused = ({ value }) => ['2', '5'].includes(String(value))
  const { clock, send, codes } = senderTo(kafka)
  for (const value of ['1', '2', '3', '4', '5', '6']) send('a', value)
  await clock.advance(0)
  t.same(codes().sort(), ['1 sent', '2 refused', '3 sent', '4 sent', '5 refused', '6 sent'])
  t.same(places(kafka), ['a 1 orders/0/0', 'a 3 orders/0/1', 'a 4 orders/0/2', 'a 6 orders/0/3'])
})

void test('what is published in one tick is one batch, and what comes while it is under way the next one', async (t) => {
  const kafka = new FakeLog(1, inTurn('waiting'))
  const { clock, send, codes } = senderTo(kafka)
  for (const value of ['1', '2', '3']) send('a', value)
  await clock.advance(0)
  for (const value of ['4', '5']) send('a', value)
  await clock.advance(1000)
  t.equal(kafka.attempts, 1)
  t.same(codes(), [])
  kafka.answer()
  await clock.advance(0)
  t.equal(kafka.attempts, 2)
  t.same(codes(), ['1 sent', '2 sent', '3 sent', '4 sent', '5 sent'])
})

void test('publish waits while Kafka is slow, and rejects at once when the queue is full', async (t) => {
  const kafka = new FakeLog(1, inTurn('waiting'))
  const { clock, send, codes } = senderTo(kafka, { queueBytesMax: 20_000 })
  for (const value of ['1', '2', '3', '4']) send('a', value, 4400)
  send('a', '5', 4400)
  await clock.advance(100)
  t.same(codes(), ['5 queue_full'])
  send('a', '6', 10_000)
  await clock.advance(0)
  t.same(codes(), ['5 queue_full', '6 too_large'])
  kafka.answer()
  await clock.advance(100)
  send('a', '7', 4400)
  await clock.advance(100)
  t.same(codes().slice(2), ['1 sent', '2 sent', '3 sent', '4 sent', '7 sent'], 'there is room again')
  t.equal(kafka.attempts, 3, 'of 10,000 bytes two go into a batch')
})

void test('closing sends what waits, leaves, and takes nothing more', async (t) => {
  const kafka = new FakeLog(1, inTurn('unreached'))
  const { clock, sender, send, codes } = senderTo(kafka)
  send('a', '1')
  const closed = sender.close()
  send('a', '2')
  await clock.advance(1000)
  await closed
  t.same(codes(), ['2 closed', '1 sent'])
  t.equal(kafka.closed, 1)
})

void test('closing ends at its limit, and says of the rest whether it may be written', async (t) => {
  const kafka = new FakeLog(2, () => 'unanswered')
  const { clock, sender, send, codes } = senderTo(kafka)
  send('a', '1')
  await clock.advance(100)
  send('b', '2')
  const closed = sender.close()
  await clock.advance(limits.closeTimeoutMs)
  await closed
  t.same(codes(), ['1 outcome_unknown', '2 not_sent'])
  const { attempts } = kafka
  await clock.advance(100_000)
  t.equal(kafka.attempts, attempts, 'nothing is sent after that')
})

void test('a producer that connects after the end is closed again and sends nothing', async (t) => {
  const kafka = new FakeLog(1, () => 'sequence_lost')
  let connected: () => void = () => undefined
  const clock = new SimulatedClock()
  const connect = () => new Promise<RecordProducer>((resolve) => (connected = () => resolve(kafka.newProducer())))
  const sender = new Sender(kafka.newProducer(), connect, limits, clock, new SilentLog())
  const sent = sender.send('orders', { key: 'a', value: Buffer.from('1'), timestampMs: undefined })
  const rejected = t.rejects(sent, { name: 'PublishError', code: 'outcome_unknown' })
  await clock.advance(1000)
  const closed = sender.close()
  await clock.advance(limits.closeTimeoutMs)
  await closed
  await rejected
  connected()
  await clock.advance(10_000)
  t.equal(kafka.attempts, 1)
  t.equal(kafka.closed, kafka.producers)
})
