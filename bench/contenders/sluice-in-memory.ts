import { Child } from '../harness/child.js'
import type { RunningServer, ServerOptions } from './contender.js'
import { environmentOf } from './gateway-environment.js'
import { GatewayServer } from './gateway-server.js'
import { nodeFlags } from './node-flags.js'
import type { MemoryGatewayCommands } from './sluice-memory-process.js'

/** The gateway with a log and a registry in its own memory. What it takes in from the feeder is charged to it, as Kafka's fetches are. */
export async function startInMemory(options: ServerOptions): Promise<RunningServer> {
  const { lab, topic } = options
  const child = Child.start<MemoryGatewayCommands>('bench/contenders/sluice-memory-process', {
    env: environmentOf(options),
    execArgv: [...nodeFlags, '--expose-gc'],
  })
  const schemaId = await child.ask('register', { topic: topic.name, extra: topic.extra })
  const { pipePort, ...address } = await child.ask('listen', { topic: topic.name, partitions: topic.partitions })
  await lab.feedInto(topic, { pipePort }, schemaId)
  // Where the process has ended meanwhile, the trial says so.
  const replacePolicy = (policy: string) => void child.ask('replacePolicy', policy).catch(() => undefined)
  const server = new GatewayServer(lab, child, address, replacePolicy)
  return Object.assign(server, { registerSchema: (extra: typeof topic.extra) => child.ask('register', { topic: topic.name, extra }) })
}
