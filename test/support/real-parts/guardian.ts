import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Apicurio } from './apicurio.js'
import type { KafkaBroker } from './kafka-broker.js'
import { KafkaCluster } from './kafka-cluster.js'
import { isAlive, type SharedParts } from './shared.js'

// A process of its own, as test files are processes too and the parts outlive each of them. It ends with the process
// that runs the tests, however that one ended; the parts end with it.
const [owner, dir] = [Number(process.argv[2]), process.argv[3]!]
const checkMs = 300

async function guard(): Promise<void> {
  const [kafka, registry] = await startBoth()
  announce({
    guardian: process.pid,
    brokers: [kafka.address],
    saslBrokers: [kafka.saslAddress],
    tlsBrokers: [kafka.tlsAddress],
    tlsCertificate: kafka.tlsCertificate(),
    registryUrl: registry.url,
  })
  while (isAlive(owner)) await new Promise((resolve) => setTimeout(resolve, checkMs))
  await Promise.all([kafka.stop(), registry.stop()])
}

async function startBoth(): Promise<[KafkaBroker, Apicurio]> {
  const [kafka, registry] = await Promise.allSettled([startBroker(), Apicurio.start()])
  if (kafka.status === 'fulfilled' && registry.status === 'fulfilled') return [kafka.value, registry.value]
  for (const part of [kafka, registry]) if (part.status === 'fulfilled') await part.value.stop()
  throw new Error([kafka, registry].flatMap((part) => (part.status === 'rejected' ? [String(part.reason)] : [])).join('; '))
}

async function startBroker(): Promise<KafkaBroker> {
  return (await KafkaCluster.start({ nodes: 1 })).node(1)
}

function announce(facts: SharedParts | { failure: string }): void {
  writeFileSync(join(dir, 'draft'), JSON.stringify(facts))
  renameSync(join(dir, 'draft'), join(dir, 'facts.json'))
}

try {
  await guard()
} catch (error) {
  announce({ failure: String(error) })
  // Long enough for every test file to read it; nothing else keeps this process.
  while (isAlive(owner)) await new Promise((resolve) => setTimeout(resolve, checkMs))
}
rmSync(dir, { recursive: true, force: true })
