import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { topicsCommand } from '#tools/cli/topics/topics-command.js'
import { systemClock } from '#clock.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'
import { KafkaTopics, uniqueName } from '../../../support/kafka/kafka-topics.js'
import { saslUser } from '../../../support/real-parts/server-properties.js'
import { realParts, secureListeners, skipOwnParts, skipRealParts } from '../../../support/real-parts/real-parts.js'

const check = (...args: string[]) => checkWith({}, ...args)

async function checkWith(variables: Record<string, string>, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(
    ['topics', 'check', ...args],
    [topicsCommand(variables)],
    Object.assign(terminal, { clock: systemClock }),
  )
  return { code, out: terminal.out, err: terminal.err }
}

test('topics check says of a real broker what would break order', { skip: skipRealParts }, async (t) => {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const entity = uniqueName('order')
  const compacted = { 'cleanup.policy': 'compact' }
  await topics.create(`${entity}.create`, 2, compacted)
  await topics.create(`${entity}.update`, 3, compacted)
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
    ['topics/forgetting', 'topics/short-retention'],
  )
})

test('topics check leaves with 69 where no broker answers, and with 64 where nobody says where it is', async (t) => {
  t.match(await check('--brokers', '127.0.0.1:1'), { code: 69, err: /^Kafka: / })
  for (const list of ['localhost', '', 'localhost:0', 'localhost:70000', 'a:1 b:2'])
    t.match(await check('--brokers', list), {
      code: 64,
      err: /--brokers <list>' argument .* is invalid\. It must be host:port, separated by commas\./,
    })
  t.match(await check(), { code: 64, err: /--brokers or KAFKA_BROKERS\) are not set/ })
})

test(
  'topics check logs in by SASL as the environment says, and never shows a password that is wrong',
  { skip: skipOwnParts },
  async (t) => {
    const { saslBrokers, brokers } = await secureListeners()
    const topics = await KafkaTopics.connect(brokers)
    t.teardown(() => topics.close())
    const entity = uniqueName('order')
    for (const operation of ['create', 'update', 'delete'])
      await topics.create(`${entity}.${operation}`, 1, { 'cleanup.policy': 'compact' })
    const login = { KAFKA_BROKERS: saslBrokers.join(), KAFKA_SASL_USERNAME: saslUser.username, ENTITIES: entity }
    const nothing = { code: 0, out: 'Nothing was found.\n', err: '' }
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'])
      t.same(await checkWith({ ...login, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_PASSWORD: saslUser.password }), nothing, mechanism)
    const refused = await checkWith({ ...login, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'not-the-word' })
    t.match(refused, { code: 69, out: '', err: /^Kafka: .*[Aa]uthentication/ })
    t.notMatch(refused.err, 'not-the-word')
    t.match(await checkWith({ ...login, KAFKA_SASL_MECHANISM: 'plain' }), {
      code: 78,
      err: /so KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE must be set/,
    })
  },
)

test('topics check trusts the authority that the environment names, and no other', { skip: skipOwnParts }, async (t) => {
  const { tlsBrokers, tlsCertificate } = await secureListeners()
  const folder = t.testdir({ 'ca.pem': tlsCertificate })
  const brokers = ['--brokers', tlsBrokers.join(), '--entities', uniqueName('order')]
  const missing = { code: 0, out: /0 errors, 3 warnings/ }
  t.match(await checkWith({ KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: `${folder}/ca.pem` }, ...brokers), missing)
  t.match(await checkWith({ KAFKA_TLS: 'on' }, ...brokers), { code: 69, err: /certificate/ })
  const lost = await checkWith({ KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: 'gone.pem' }, ...brokers)
  t.match(lost, { code: 78, err: 'KAFKA_TLS_CA_FILE: gone.pem cannot be read (ENOENT' })
})
