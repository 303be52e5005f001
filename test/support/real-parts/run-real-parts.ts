import { missingForRealParts } from './artifacts.js'
import { sharedParts } from './shared.js'

// `npm run real-parts`: the same Kafka and registry as in the tests, for trying things by hand, until Ctrl-C.
const missing = missingForRealParts()
if (missing !== undefined) {
  process.stderr.write(`Kafka and the registry cannot be started here: ${missing}.\n`)
  process.exit(1)
}
const { brokers, registryUrl } = await sharedParts()
process.stdout.write(`KAFKA_BROKERS=${brokers.join(',')}\nSCHEMA_REGISTRY_URL=${registryUrl}\n`)
setInterval(() => undefined, 60_000)
