import { readFileSync } from 'node:fs'
import { systemClock as clock } from '#clock.js'
import { readConfig } from '#config/config.js'
import { GatewayConsole } from '#console/gateway-console.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { openLog } from '#logging/open-log.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { startGateway, type RunningGateway } from '#gateway/start.js'
import { takeRecords } from '../feed/record-pipe.js'
import { answer } from '../harness/child.js'
import { OrderVersion, type ExtraFields } from '../workload/order-version.js'
import { probeCommands } from './probe-commands.js'

// The gateway as `npm start` makes it, with the log and the registry in its own memory, as in the embedded default: all but Kafka.

/** Each partition's, in bytes: what a gateway that is slow for some seconds has not read yet must still be there. */
const partitionBytesMax = 256 * 1024 * 1024

const registry = new MemoryRegistry()
const topics = new MemoryTopics({ clock, partitionBytesMax })

const commands = {
  ...probeCommands,

  async listen({ topic, partitions }: { topic: string; partitions: number }) {
    topics.create(topic, partitions)
    const pipePort = await takeRecords((record) => void topics.append(topic, record))
    const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'))
    const entities = [{ name: 'order', layout: 'single-topic', envelope: 'event', topic }] as const
    const newSource = () => new MemorySource(topics, clock)
    const feed = { entities, source: newSource(), control: newSource, registry, meter: new Meter() }
    const keepers = { policy: config.policy!, auth: config.auth! }
    const { log } = openLog(config.logLevel, clock)
    const consoleOptions = { config, reading: keepers.auth, clock, log, learn: () => undefined }
    const console = config.admin.tokenFile && new GatewayConsole(consoleOptions)
    gateway = await startGateway(config, feed, keepers, log, { ...(console && { routes: (parts) => console.routes(parts) }) })
    const { url, adminUrl } = gateway
    return { url, adminUrl, pipePort }
  },

  /** Answers the id. */
  register({ topic, extra }: { topic: string; extra: ExtraFields | undefined }): number {
    return registry.register(`${topic}-value`, JSON.stringify(new OrderVersion(extra).eventSchema))
  },

  replacePolicy(text: string): void {
    gateway?.policy.changed(text)
  },
}
export type MemoryGatewayCommands = typeof commands

let gateway: RunningGateway | undefined

answer(commands)
