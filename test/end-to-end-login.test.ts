import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { after, before, end, test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { readTextFile } from '#config/text-file.js'
import { KafkaProducer } from '#kafka/kafka-producer.js'
import { sharedSasl, type ConfiguredSasl, type KafkaSasl } from '#kafka/login/kafka-sasl.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource } from '#gateway/source/kafka/kafka-source.js'
import { Sender } from '#publisher/send/sender.js'
import { changeScramPassword } from './support/kafka/change-scram-password.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { SourceReader, until } from './support/kafka/source-reader.js'
import { TokenServer } from './support/login/token-server.js'
import { unsecuredToken } from './support/kafka/unsecured-token.js'
import type { KafkaBroker } from './support/real-parts/kafka-broker.js'
import { ownCluster, skipOwnParts } from './support/real-parts/real-parts.js'
import { saslUser } from './support/real-parts/server-properties.js'
import { recordingLog, type LoggedLine } from './support/running/recording-log.js'

// How a real broker is logged in to whose logins end within seconds, and whose users may do little.

const scramMs = 3_000
const bearer = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";'
const settings = [
  'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  `listener.name.sasl.oauthbearer.sasl.jaas.config=${bearer}`,
  'listener.name.sasl.oauthbearer.connections.max.reauth.ms=3600000',
  `listener.name.sasl.scram-sha-512.connections.max.reauth.ms=${scramMs}`,
  'listener.name.sasl.plain.connections.max.reauth.ms=1200',
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  `super.users=User:ANONYMOUS;User:${saslUser.username}`,
]

let broker: KafkaBroker
let topics: KafkaTopics

before(async () => {
  if (skipOwnParts) return
  const cluster = await ownCluster({ nodes: 1, settings })
  broker = cluster.node(1)
  topics = await KafkaTopics.connect([broker.address])
  after(async () => {
    await topics.close()
    await broker.stop()
  })
})

const check = (sentence: string, body: (t: Test) => Promise<void>) => void test(sentence, { skip: skipOwnParts }, body)

function sourceBy(t: Test, sasl: KafkaSasl) {
  const lines: LoggedLine[] = []
  const parts = { clock: systemClock, meter: new Meter(), log: recordingLog(lines), bufferBytesMax: 8_000_000 }
  const source = new KafkaSource({ ...parts, brokers: [broker.saslAddress], sasl })
  t.teardown(() => source.stop())
  return { source, reader: new SourceReader(source), lines }
}

async function senderBy(t: Test, topic: string, sasl: KafkaSasl) {
  const lines: LoggedLine[] = []
  const log = recordingLog(lines)
  const options = { brokers: [broker.saslAddress], sasl, topics: [topic], compression: 'none', clock: systemClock, log } as const
  const limits = { queueBytesMax: 1e6, batchBytesMax: 1e6, deliveryTimeoutMs: 20_000, closeTimeoutMs: 1000 }
  const sender = new Sender(await KafkaProducer.connect(options), () => KafkaProducer.connect(options), limits, systemClock, log)
  t.teardown(() => sender.close())
  return { sender, lines }
}

/** A reader and a publisher that log in so, and records on their way for so long: none is lost or doubled, and no connection either. */
async function goesOn(t: Test, sasl: KafkaSasl, forMs: number): Promise<void> {
  const topic = uniqueName('orders')
  await topics.create(topic, 2)
  const { source, reader, lines } = sourceBy(t, sasl)
  await source.start([topic])
  const { sender, lines: told } = await senderBy(t, topic, sasl)
  const sent: string[] = []
  for (const endAtMs = Date.now() + forMs; Date.now() < endAtMs;) {
    sent.push(String(sent.length))
    await sender.send(topic, { key: 'one', value: Buffer.from(sent.at(-1)!), timestampMs: undefined })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until('the last record', () => reader.values().includes(sent.at(-1)!))
  t.same(reader.values(), sent)
  t.same(
    [...lines, ...told].filter(({ level }) => level === 'warn' || level === 'error'),
    [],
  )
}

check('a reader and a publisher go on when their logins end, on the same connections', async (t) => {
  let logins = 0
  const password = () => (logins++, saslUser.password)
  await goesOn(t, { mechanism: 'scram-sha-512', username: saslUser.username, password }, 3 * scramMs)
  // Each of three connections at the start and every two seconds and a quarter; a login looks thrice.
  t.ok(logins >= 3 * 3 * 3 && logins <= 3 * 3 * 8, `${logins} looks at the password`)
})

/** Of an endpoint whose tokens live so long, and which is away from one moment after the first token to another. */
async function tokensOf(t: Test, lifeSeconds: number, away = { fromMs: Infinity, toMs: Infinity }) {
  const server = await TokenServer.start()
  t.teardown(() => server.stop())
  let firstAtMs: number | undefined
  server.answer = ({ authorization }) => {
    const ageMs = Date.now() - (firstAtMs ??= Date.now())
    if (ageMs >= away.fromMs && ageMs < away.toMs) return { status: 503, body: '' }
    if (authorization !== `Basic ${Buffer.from('sluice:hush-hush').toString('base64')}`) return { status: 401, body: '' }
    const token = { access_token: unsecuredToken(saslUser.username, lifeSeconds), token_type: 'Bearer', expires_in: lifeSeconds }
    return { body: JSON.stringify(token) }
  }
  const credentials = { url: server.url, clientId: 'sluice', clientSecret: 'hush-hush' }
  const lines: LoggedLine[] = []
  const sasl = sharedSasl({ mechanism: 'oauthbearer', credentials } satisfies ConfiguredSasl, systemClock, recordingLog(lines))!
  return { server, sasl, lines }
}

check('a reader and a publisher go on when their tokens end, also while the endpoint is away for a while', async (t) => {
  const short = await tokensOf(t, 4)
  // The reader logs in anew after 12 s, with what it has, and then after 15 s; the publisher after 15 s.
  const long = await tokensOf(t, 16, { fromMs: 8_000, toMs: 14_500 })
  await Promise.all([goesOn(t, short.sasl, 18_000), goesOn(t, long.sasl, 18_000)])
  const { length } = short.server.asked
  t.ok(length >= 5 && length <= 10, `${length} tokens, which four connections share`)
  t.match(long.lines, [{ level: 'warn', message: 'There is no new token for Kafka; the one before is used until it ends.' }])
})

check('a password that is changed, in its file and at the broker, is used without a start', async (t) => {
  const file = join(t.testdir({ password: saslUser.password }), 'password')
  const topic = uniqueName('orders')
  await topics.create(topic)
  const { source, reader } = sourceBy(t, { mechanism: 'scram-sha-512', username: saslUser.username, password: () => readTextFile(file) })
  await source.start([topic])
  t.teardown(() => changeScramPassword(broker.address, saslUser.username, saslUser.password))
  // Both at once: the login of now is made anew with the new one.
  writeFileSync(file, 'another-secret')
  await changeScramPassword(broker.address, saslUser.username, 'another-secret')
  await new Promise((resolve) => setTimeout(resolve, scramMs + 500))
  t.same(source.status(), { ready: true })
  // The broker first: until the file is changed too, nothing is read, and it is said why.
  await changeScramPassword(broker.address, saslUser.username, 'third-secret')
  await until('the refusal', () => /SASL SCRAM SHA512 authentication failed/.test(source.status().reason ?? ''))
  t.notMatch(JSON.stringify(source.status()), /secret/)
  await topics.produce(topic, [{ value: 'meanwhile' }])
  writeFileSync(file, 'third-secret')
  await until('the record', () => reader.values().includes('meanwhile'))
  await until('all is well', () => source.status().reason === undefined)
})

check('a broker whose logins end too soon is not read from, and it is said why', async (t) => {
  const { source, lines } = sourceBy(t, { mechanism: 'plain', ...saslUser })
  void source.start(['orders'])
  await until('the reason', () => source.status().reason?.includes('ends logins within 1500 ms') === true)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  t.equal(lines.filter(({ level }) => level === 'error').length, 1, 'once')
})

check('a token that the broker does not take is said to be refused', async (t) => {
  const { source, lines } = sourceBy(t, { mechanism: 'oauthbearer', token: () => unsecuredToken('reader', -60) })
  void source.start(['orders'])
  await until('the refusal', () => source.status().reason?.includes('the broker refuses the token: {"status":"invalid_token"') === true)
  t.notMatch(JSON.stringify(lines), unsecuredToken('reader', -60).split('.')[0])
})

check('what a login may not do is said, and read from where it was found once it may', async (t) => {
  const [hidden, described, readable, missing] = ['hidden', 'described', 'readable', 'missing'].map(uniqueName)
  for (const topic of [hidden!, described!, readable!]) await topics.create(topic)
  const { DESCRIBE, READ } = kafkajs.AclOperationTypes
  await topics.allow('reader', described!, DESCRIBE)
  await topics.allow('reader', readable!, READ)
  const { source, reader } = sourceBy(t, { mechanism: 'oauthbearer', token: () => unsecuredToken('reader', 300) })
  await source.start([hidden!, described!, readable!, missing!])
  const unseen = `these topics do not exist, or this login may not describe them: ${hidden!}, ${missing!}`
  await until('the reasons', () => source.status().reason === `${unseen}; this login may not read these topics: ${described!}`)
  t.ok(source.status().ready)
  await topics.produce(readable!, [{ value: 'seen' }])
  await topics.produce(described!, [{ value: 'written before it might be read' }])
  await until('the record', () => reader.values().includes('seen'))
  await topics.allow('reader', described!, READ)
  await until('the other one', () => reader.values().includes('written before it might be read'))
  await until('the reason is gone', () => source.status().reason === unseen)
})

end()
