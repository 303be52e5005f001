import { apicurioJar, kafkaClassPath, missingForRealParts } from './artifacts.js'
import { Apicurio } from './apicurio.js'
import { classArchives } from './class-archive.js'
import { KafkaCluster } from './kafka-cluster.js'
import { kafkaTemplate } from './kafka-template.js'

// Before `npm test`: a download may take longer than a test file is given. Where it cannot be done the tests say so.
if (missingForRealParts() === undefined) {
  kafkaClassPath()
  apicurioJar()
  kafkaTemplate()
  await classArchives.kafka.make(async (flags) => {
    const cluster = await KafkaCluster.start({ nodes: 1, flags })
    await cluster.node(1).end()
    await cluster.stop()
  })
  await classArchives.apicurio.make(async (flags) => {
    const registry = await Apicurio.start(flags)
    await registry.end()
    await registry.stop()
  })
}
