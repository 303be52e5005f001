import { test } from 'tap'
import { type EntityPublisherOptions, readPublisherOptions } from '../../src/publish/publisher-options.js'

const given: EntityPublisherOptions = { brokers: ['localhost:9092'], registry: { url: 'http://localhost:8081' }, schemas: 'schemas' }

test('needs brokers, a registry and schemas, and has a default for all else', async (t) => {
  t.match(readPublisherOptions(given), {
    ...given,
    registry: { timeoutMs: 5000 },
    register: false,
    compression: 'none',
    deliveryTimeoutMs: 120_000,
    closeTimeoutMs: 10_000,
    batchBytesMax: 1_000_000,
    queueBytesMax: 33_554_432,
  })
})

const refused: [object, RegExp][] = [
  [{ brokers: [] }, /brokers/],
  [{ registry: { url: 'not a url' } }, /registry\.url/],
  [{ schemas: '' }, /schemas/],
  [{ shemas: 'a slip' }, /shemas/],
  [{ sasl: { mechanism: 'none', username: 'a', password: 'b' } }, /sasl\.mechanism/],
  [{ compression: 'zstd' }, /compression/],
  [{ deliveryTimeoutMs: '5s' }, /deliveryTimeoutMs/],
  [{ queueBytesMax: 2000 }, /queueBytesMax.*batchBytesMax/],
  [{ log: {} }, /log/],
  [{ entities: [{ name: 'a', topic: 'a', layout: 'single-topic', envelope: 'debezium' }] }, /entities\.0\.envelope.*Debezium/],
]
for (const [option, message] of refused) {
  test(`refuses ${JSON.stringify(option)} and names what is wrong`, async (t) => {
    t.throws(() => readPublisherOptions({ ...given, ...option }), { name: 'ConfigurationError', message })
  })
}
