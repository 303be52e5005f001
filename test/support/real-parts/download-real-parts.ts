import { apicurioJar, kafkaClassPath, missingForRealParts } from './artifacts.js'
import { KafkaCluster } from './kafka-cluster.js'
import { classArchive, kafkaTemplate } from './kafka-template.js'

// Before `npm test`: a download may take longer than a test file is given. Where it cannot be done the tests say so.
if (missingForRealParts() === undefined) {
  kafkaClassPath()
  apicurioJar()
  kafkaTemplate()
  await classArchive.make(async (flags) => {
    const cluster = await KafkaCluster.start({ nodes: 1, flags })
    await cluster.node(1).end()
    await cluster.stop()
  })
}
