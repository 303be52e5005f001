import { test } from 'tap'
import { ClaimsPublisher } from '#publisher/claims-publisher.js'
import { KafkaTopics, uniqueName } from '../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { SilentLog } from '../support/running/silent-log.js'

const skip = skipRealParts

test('claims are written under the identity of their user, in the order of the calls, and deleted', { skip }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('claims')
  await topics.create(topic, 1, { 'cleanup.policy': 'compact' })
  const claims = await ClaimsPublisher.create({ brokers, topic, log: new SilentLog() })
  const sent = await Promise.all([
    claims.set('ann', { teams: ['red'] }),
    claims.set('ben', { teams: [] }),
    claims.set('ann', { teams: ['red', 'blue'], region: null }),
    claims.delete('ben'),
  ])
  t.same(
    sent.map(({ offset }) => Number(offset)),
    [0, 1, 2, 3],
  )
  t.same(
    (await topics.contentsOf(topic)).map(({ key, value }) => [key, value === null ? null : value.toString()]),
    [
      ['ann', '{"teams":["red"]}'],
      ['ben', '{"teams":[]}'],
      ['ann', '{"teams":["red","blue"],"region":null}'],
      ['ben', null],
    ],
  )
  for (const wrong of [[], null, 'eu', { sub: 'ben' }, { note: 'x'.repeat(1024 * 1024) }])
    await t.rejects(claims.set('ann', wrong as never), { name: 'InvalidEntityError', path: 'claims' })
  for (const wrong of ['', 7, null, '\ud800']) await t.rejects(claims.delete(wrong as never), { name: 'InvalidEntityError', path: 'sub' })
  await claims.close()
  await t.rejects(claims.set('ann', {}), { name: 'PublishError', code: 'closed' })
})

test('a topic that is missing or has more partitions is refused, and so are wrong options', { skip }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('claims')
  await topics.create(topic, 2)
  const created = (name: string) => ClaimsPublisher.create({ brokers, topic: name, log: new SilentLog() })
  await t.rejects(created(topic), { name: 'ConfigurationError', message: /more than one partition/ })
  await t.rejects(created(`${topic}-none`), { name: 'ConfigurationError', message: /not exist/ })
  await t.rejects(created(''), { name: 'ConfigurationError', message: "The publisher's option topic must not be empty." })
  await t.rejects(ClaimsPublisher.create({ brokers: ['127.0.0.1:1'], topic, log: new SilentLog() }), {
    name: 'PublishError',
    code: 'not_connected',
  })
})
