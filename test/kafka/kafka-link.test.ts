import { createServer, type AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { pause, systemClock } from '#clock.js'
import { KafkaLink, type KafkaLinkOptions } from '#kafka/kafka-link.js'
import { metadataQuestion } from '#kafka/wire/metadata-question.js'
import type { Question } from '#kafka/wire/question.js'
import { FakeCluster } from '../support/kafka/fake-cluster.js'
import { LoginBroker } from '../support/kafka/login-broker.js'
import { selfSignedPems } from '../support/gateway/self-signed-certificate.js'
import { SilentLog } from '../support/running/silent-log.js'

async function linked(t: Test, requestMs?: number) {
  const cluster = await FakeCluster.start(t)
  const [node] = cluster.nodes
  // A request is given up after ten seconds: a clock that runs faster.
  const clock =
    requestMs === undefined ? systemClock : { ...systemClock, after: (_ms: number, call: () => void) => systemClock.after(requestMs, call) }
  const link = await KafkaLink.open({ host: '127.0.0.1', port: node!.port }, { brokers: [], clock, log: new SilentLog() })
  t.teardown(() => link.close())
  return { cluster, node: node!, link }
}

test('a link that is opened stays idle', async (t) => {
  const { link } = await linked(t)
  await link.ask(metadataQuestion, ['orders'])
  let timers = 0
  const { setTimeout: set } = globalThis
  t.teardown(() => void (globalThis.setTimeout = set))
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof set>) => (timers++, set(...args)), set)
  await new Promise((resolve) => set(resolve, 500))
  t.equal(timers, 0, 'kafkajs sets some 850 a second where its queue is not told not to')
})

test('a question is asked in the newest version that both sides know', async (t) => {
  const { cluster, link } = await linked(t)
  cluster.create('orders', 1)
  t.equal(link.versionOf(metadataQuestion), 12)
  const { brokers, topics } = await link.ask(metadataQuestion, ['orders'])
  t.match(brokers, [{ id: 1, port: cluster.nodes[0]!.port }])
  t.match(topics, [{ topic: 'orders', partitions: [{ leader: 1 }] }])
  const unknown: Question<never, never> = { ...(metadataQuestion as unknown as Question<never, never>), versionMin: 14, versionMax: 15 }
  t.throws(() => link.versionOf(unknown), /does not know Metadata/)
  t.throws(() => link.versionOf({ ...unknown, apiKey: 99, versionMin: 0 }), /does not know/)
})

test('who waits for a broker that hangs, breaks off or is closed gets an error', async (t) => {
  const { node, link } = await linked(t, 100)
  node.isHanging = true
  await t.rejects(link.ask(metadataQuestion, []), /no answer within 10000 ms \(Metadata\)/)
  for (const end of [(link: KafkaLink) => link.close(), () => node.cut()]) {
    node.isHanging = false
    const other = await KafkaLink.open({ host: '127.0.0.1', port: node.port }, { brokers: [], clock: systemClock, log: new SilentLog() })
    node.isHanging = true
    const waiting = t.rejects(other.ask(metadataQuestion, []), /closed/i)
    setTimeout(() => end(other), 50)
    await waiting
    t.notOk(other.isOpen)
  }
})

test('a length that no answer has ends the link, and not the process', async (t) => {
  const options = { brokers: [], clock: systemClock, log: new SilentLog() }
  for (const length of [0, 1, 3, -1, -(2 ** 31), 2 ** 31 - 1]) {
    const bytes = Buffer.alloc(8)
    bytes.writeInt32BE(length)
    const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => socket.write(bytes)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const { port } = server.address() as AddressInfo
    await t.rejects(KafkaLink.open({ host: '127.0.0.1', port }, options), /what the broker sends cannot be read/, String(length))
  }
})

test('what is waited for before a request is sent, as a token, counts in its time', async (t) => {
  const broker = await LoginBroker.start(t)
  const never = new Promise<string>(() => undefined)
  const opening = linkTo(t, broker, { requestMsMax: 200, sasl: { mechanism: 'oauthbearer', token: () => never } })
  await t.rejects(opening, /no answer within 200 ms \(logging in\)/)
})

test('what is no broker is an error within its time', async (t) => {
  const options = { brokers: [], clock: systemClock, log: new SilentLog() }
  await t.rejects(KafkaLink.open({ host: '127.0.0.1', port: 1 }, options), /ECONNREFUSED/)
})

const plain = (password: string | (() => string)) => ({ mechanism: 'plain', username: 'alice', password }) as const

async function linkTo(t: Test, broker: LoginBroker, given: Partial<KafkaLinkOptions>): Promise<KafkaLink> {
  const link = await KafkaLink.open(
    { host: 'localhost', port: broker.port },
    { brokers: [], clock: systemClock, log: new SilentLog(), ...given },
  )
  t.teardown(() => link.close())
  return link
}

test('a login that ends is made anew in time on the same connection, as long as it lasts', async (t) => {
  const keepAsking = async (loginMs: number) => {
    const broker = await LoginBroker.start(t)
    broker.loginMs = loginMs
    const link = await linkTo(t, broker, { sasl: plain('secret') })
    const endAtMs = performance.now() + 2.5 * loginMs
    while (performance.now() < endAtMs) {
      await link.ask(metadataQuestion, [])
      await pause(systemClock, 20)
    }
    const [first, ...more] = broker.logins
    t.equal(more.length, 3, `${loginMs} ms: after three quarters of its time, and no oftener`)
    t.ok(more[0]!.atMs - first!.atMs >= 0.75 * loginMs - 5)
    t.same([broker.cut, new Set(broker.logins.map(({ connection }) => connection)).size], [0, 1])
  }
  await Promise.all([1_500, 2_400].map(keepAsking))
})

test('a login that has ended while nothing was asked is made anew before the next question', async (t) => {
  const broker = await LoginBroker.start(t)
  broker.loginMs = 1_500
  const link = await linkTo(t, broker, { sasl: plain('secret') })
  await pause(systemClock, 1_600)
  await link.ask(metadataQuestion, [])
  t.same([broker.logins.length, broker.cut], [2, 0])
})

test('a broker that ends logins too soon is not read from, and it is said why', async (t) => {
  const broker = await LoginBroker.start(t)
  broker.loginMs = 1_499
  await t.rejects(linkTo(t, broker, { sasl: plain('secret') }), /ends logins within 1500 ms \(connections\.max\.reauth\.ms, or the end of/)
})

test('the password is asked for at each login, so that a changed one is used without a start', async (t) => {
  const broker = await LoginBroker.start(t)
  broker.loginMs = 1_500
  let password = 'first'
  let valid = password
  broker.takes = (login) => login === `\0alice\0${valid}`
  const link = await linkTo(t, broker, { sasl: plain(() => password) })
  valid = password = 'second'
  await pause(systemClock, 1_200)
  await link.ask(metadataQuestion, [])
  t.same(
    broker.logins.map(({ text }) => text),
    ['\0alice\0first', '\0alice\0second'],
  )
  password = 'third'
  await t.rejects(linkTo(t, broker, { sasl: plain(() => password) }), /SASL PLAIN authentication failed/)
  valid = 'third'
  await linkTo(t, broker, { sasl: plain(() => password) })
})

test('a password that cannot be had is an error of the connection, and the next one asks again', async (t) => {
  const broker = await LoginBroker.start(t)
  let password = ''
  const options = {
    sasl: plain(() => {
      if (password === '') throw new Error('KAFKA_SASL_PASSWORD_FILE names a file that is empty.')
      return password
    }),
  }
  await t.rejects(linkTo(t, broker, options), { message: 'KAFKA_SASL_PASSWORD_FILE names a file that is empty.' })
  password = 'secret'
  await (await linkTo(t, broker, options)).ask(metadataQuestion, [])
})

test('a token is asked for at each login, and what is wrong with it is said', async (t) => {
  const broker = await LoginBroker.start(t)
  let tokens = 0
  const sasl = { mechanism: 'oauthbearer', token: () => `token-${++tokens}` } as const
  await (await linkTo(t, broker, { sasl })).ask(metadataQuestion, [])
  await linkTo(t, broker, { sasl })
  t.match(broker.logins, [
    { mechanism: 'OAUTHBEARER', text: 'n,,\x01auth=Bearer token-1\x01\x01' },
    { text: 'n,,\x01auth=Bearer token-2\x01\x01' },
  ])
  const failing = { mechanism: 'oauthbearer', token: () => Promise.reject(new Error('no token for Kafka')) } as const
  await t.rejects(linkTo(t, broker, { sasl: failing }), { message: 'no token for Kafka' })
})

test('certificates are asked for at each connection, so that changed ones are used without a start', async (t) => {
  const [one, other] = ['one', 'other'].map((name) => selfSignedPems(t.testdir({ [name]: {} })))
  const broker = await LoginBroker.start(t)
  broker.stop()
  await broker.listen({ ...one!, ca: other!.cert })
  let pems: { ca: string; cert: string; key: string } | undefined = { ca: one!.cert, ...other! }
  const tls = () => {
    if (pems === undefined) throw new Error('KAFKA_TLS_CA_FILE names a file that holds no certificate in PEM.')
    return pems
  }
  const sasl = plain('secret')
  await linkTo(t, broker, { tls, sasl })
  broker.stop()
  await broker.listen({ ...other!, ca: one!.cert })
  await t.rejects(linkTo(t, broker, { tls, sasl }), /certificate/)
  pems = undefined
  await t.rejects(linkTo(t, broker, { tls, sasl }), /KAFKA_TLS_CA_FILE names a file that holds no certificate/)
  pems = { ca: other!.cert, ...one! }
  await (await linkTo(t, broker, { tls, sasl })).ask(metadataQuestion, [])
})

test('a broker is told who asks, and has the time that it was given', async (t) => {
  const broker = await LoginBroker.start(t)
  const clock = { ...systemClock, after: (ms: number, call: () => void) => systemClock.after(ms / 100, call) }
  const link = await linkTo(t, broker, { clientId: 'sluice-eu', requestMsMax: 2_500, clock, sasl: plain('secret') })
  t.equal(broker.clientIds.size, 1)
  t.ok(broker.clientIds.has('sluice-eu'))
  broker.isHanging = true
  await t.rejects(link.ask(metadataQuestion, []), /no answer within 2500 ms/)
})
