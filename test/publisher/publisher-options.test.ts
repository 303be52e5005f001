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
    'option sasl.mechanism must be one of plain, scram-sha-256, scram-sha-512',
  ],
  [{ tls: 'on' }, 'option tls must be true or false, or an object of PEM texts: ca, cert, key'],
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
