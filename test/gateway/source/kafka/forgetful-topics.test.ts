import { test } from 'tap'
import { systemClock } from '#clock.js'
import { forgetfulTopics } from '#gateway/source/kafka/forgetful-topics.js'
import { errorCodes } from '#kafka/wire/error-codes.js'
import { FakeCluster } from '../../../support/kafka/fake-cluster.js'
import { recordingLog } from '../../../support/running/recording-log.js'

const settings = {
  deletes: { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'retention.bytes': '-1' },
  both: { 'cleanup.policy': 'compact,delete', 'retention.ms': '-1', 'retention.bytes': '1000000' },
  compacts: { 'cleanup.policy': 'compact', 'retention.ms': '604800000', 'retention.bytes': '-1' },
  forever: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' },
  hidden: errorCodes.notPermitted,
}
const topics = [...Object.keys(settings), 'undescribed', 'missing']

test('topics forget whose records Kafka drops, and nothing is said of those whose settings may not be read', async (t) => {
  const cluster = await FakeCluster.start(t)
  for (const [topic, its] of Object.entries(settings)) cluster.create(topic, 1).settings = its
  cluster.create('undescribed', 1).errorCode = errorCodes.notPermitted
  const link = { brokers: cluster.brokers, clock: systemClock, log: recordingLog([]) }
  t.same(await forgetfulTopics(link, topics), ['deletes', 'both'])
  cluster.nodes[0]!.stop()
  t.same(await forgetfulTopics(link, topics), [])
})
