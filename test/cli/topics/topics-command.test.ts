import { test } from 'tap'
import { runCommandLine } from '../../../src/cli/command-line.js'
import { topicsCommand } from '../../../src/cli/topics/topics-command.js'
import { systemClock } from '../../../src/clock.js'
import { FakeTerminal } from '../../support/fake-terminal.js'
import { KafkaTopics, uniqueName } from '../../support/kafka-topics.js'
import { realParts, skipRealParts } from '../../support/real-parts.js'

async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['topics', 'check', ...args], [topicsCommand()], Object.assign(terminal, { clock: systemClock }))
  return { code, out: terminal.out, err: terminal.err }
}

test('topics check says of a real broker what would break order', { skip: skipRealParts }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const entity = uniqueName('order')
  await topics.create(`${entity}.create`, 2)
  await topics.create(`${entity}.update`, 3)
  const { code, out } = await check('--brokers', brokers.join(','), '--entities', entity)
  t.equal(code, 1)
  t.equal(
    out,
    `${entity}.delete: warning: The topic of "${entity}" does not exist. [topics/missing]
    Nothing is streamed of it before the topic is there.
    Make the topic, with as many partitions as the others of its entity.
${entity}.create: error: The topics of "${entity}" differ in their partitions: ${entity}.create has 2, ${entity}.update has 3. [topics/unequal-partitions]
    A key then lies in different partitions of them, and a node that lags in one sees the operations of an entity far out of order.
    Make them anew with one count; partitions that are only added move keys, and break the order of what is there.
1 error, 1 warning.
`,
  )
  const short = uniqueName('order')
  await topics.create(short, 1, { 'retention.ms': '60000', 'cleanup.policy': 'compact,delete' })
  const file = `${t.testdir({ 'entities.json': JSON.stringify({ [short]: { layout: 'single-topic' } }) })}/entities.json`
  const { findings } = JSON.parse((await check('--brokers', brokers.join(','), '--entities', file, '--json')).out) as {
    findings: { rule: string }[]
  }
  t.same(
    findings.map(({ rule }) => rule),
    ['topics/compacted', 'topics/short-retention'],
  )
})

test('topics check leaves with 69 where no broker answers, and with 78 where nobody says where it is', async (t) => {
  t.match(await check('--brokers', '127.0.0.1:1'), { code: 69, err: /^Kafka: / })
  t.match(await check(), { code: 78, err: /--brokers or KAFKA_BROKERS\) are not set/ })
})
