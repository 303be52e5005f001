import { test } from 'tap'
import { type EntityPublisherOptions, readPublisherOptions } from '#publisher/publisher-options.js'

const given: EntityPublisherOptions = { brokers: ['localhost:9092'], registry: { url: 'http://localhost:8081' }, schemas: 'schemas' }

test('needs brokers, a registry and schemas, and has a default for all else', async (t) => {
  t.match(readPublisherOptions(given), {
    ...given,
    registry: { timeoutMs: 5000 },
    register: false,
    leaveOutUnknown: false,
    compression: 'none',
    deliveryTimeoutMs: 120_000,
    closeTimeoutMs: 10_000,
    batchBytesMax: 1_000_000,
    queueBytesMax: 33_554_432,
  })
})

const registry = { url: 'http://localhost:8081' }
const refused: [option: object, sentence: string][] = [
  [{ brokers: [] }, 'option brokers must name at least one broker'],
  [{ brokers: 'localhost:9092' }, 'option brokers must be a list of host:port'],
  [{ brokers: undefined }, 'option brokers must be a list of host:port'],
  [{ registry: { url: 'not a url' } }, 'option registry.url must be a URL that begins with http:// or https://'],
  [{ registry: {} }, 'option registry.url is missing'],
  [{ registry: { ...registry, user: 5 } }, 'option registry.user must be a text'],
  [{ registry: 'http://localhost:8081' }, 'option registry must be an object'],
  [{ schemas: '' }, 'option schemas must not be empty'],
  [{ shemas: 'a slip' }, 'option shemas is no option of the publisher'],
  [{ leaveOutUnknown: 1 }, 'option leaveOutUnknown must be true or false'],
  [{ register: 'yes' }, 'option register must be true or false'],
  [
    { sasl: { mechanism: 'none', username: 'a', password: 'b' } },
    'option sasl.mechanism must be one of plain, scram-sha-256, scram-sha-512, oauthbearer',
  ],
  [{ sasl: { mechanism: 'plain', username: 'a', password: 5 } }, 'option sasl.password must be a text, or a function that gives one'],
  [{ sasl: { mechanism: 'plain', username: 'a' } }, 'option sasl.password is missing'],
  [{ sasl: { mechanism: 'oauthbearer' } }, 'option sasl must have one of token and credentials'],
  [{ sasl: { mechanism: 'oauthbearer', token: 'abc' } }, 'option sasl.token must be a function that gives a token'],
  [
    { sasl: { mechanism: 'oauthbearer', credentials: { url: 'http://login.example/token', clientId: 'a', clientSecret: 'b' } } },
    'option sasl.credentials.url must be a URL that begins with https://',
  ],
  [
    { brokers: ['localhost:1', 'kafka.example:9092'], sasl: { mechanism: 'plain', username: 'a', password: 'b' } },
    'option sasl would send a secret to kafka.example:9092 that anybody between can read without TLS; set tls to true, or to false where that is meant',
  ],
  [
    { brokers: ['kafka.example:9092'], sasl: { mechanism: 'oauthbearer', token: () => 'abc' } },
    'option sasl would send a secret to kafka.example:9092 that anybody between can read without TLS; set tls to true, or to false where that is meant',
  ],
  [{ tls: 'on' }, 'option tls must be true or false, or an object of PEM texts (ca, cert, key), or a function that gives one'],
  [{ compression: 'zstd' }, 'option compression must be one of none, gzip'],
  [{ deliveryTimeoutMs: '5s' }, 'option deliveryTimeoutMs must be a whole number of milliseconds, at least 0'],
  [{ deliveryTimeoutMs: 86_400_001 }, 'option deliveryTimeoutMs must be at most 86400000 milliseconds (a day)'],
  [{ registry: { ...registry, timeoutMs: 2 ** 32 } }, 'option registry.timeoutMs must be at most 86400000 milliseconds (a day)'],
  [{ batchBytesMax: 1.5 }, 'option batchBytesMax must be a whole number of bytes, at least 1024'],
  [{ queueBytesMax: 2000 }, 'option queueBytesMax must be at least batchBytesMax'],
  [{ log: {} }, 'option log must have debug, info, warn and error'],
  [{ log: { level: 'warn', warn: () => undefined } }, 'option log must have debug, info, warn and error'],
  [{ entities: {} }, 'option entities must be a list of objects with name, topic, layout and envelope'],
  [
    { entities: [{ name: 'a', topic: 'a', layout: 'single-topic', envelope: 'debezium' }] },
    'option entities.0.envelope must be "event" or "none": the envelope of Debezium is written by Debezium',
  ],
]
for (const [option, sentence] of refused) {
  test(`refuses ${JSON.stringify(option)}: the ${sentence}`, async (t) => {
    const message = `The publisher's ${sentence}.`
    t.throws(() => readPublisherOptions({ ...given, ...option }), { name: 'ConfigurationError', message })
  })
}

test('refuses what are no options at all', async (t) => {
  const message = "The publisher's options must be an object."
  t.throws(() => readPublisherOptions(undefined as unknown as EntityPublisherOptions), { name: 'ConfigurationError', message })
})

const logins = [
  { mechanism: 'scram-sha-512', username: 'a', password: 'b' },
  { mechanism: 'plain', username: 'a', password: () => 'b' },
  { mechanism: 'oauthbearer', token: () => Promise.resolve('abc') },
  { mechanism: 'oauthbearer', credentials: { url: 'https://login.example/token', clientId: 'a', clientSecret: () => 'b', scope: 'kafka' } },
] as const
for (const sasl of logins) {
  test(`takes the login ${JSON.stringify(sasl)}, with TLS or where it is said that there is none`, async (t) => {
    for (const tls of [true, false, { ca: 'a PEM' }, () => ({ ca: 'a PEM' })])
      t.match(readPublisherOptions({ ...given, brokers: ['kafka.example:9092'], sasl, tls }), { sasl, tls })
  })
}
