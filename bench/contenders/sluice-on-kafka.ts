import { renameSync } from 'node:fs'
import { Child } from '../harness/child.js'
import { pause } from '../harness/monotonic.js'
import type { RunningServer, ServerOptions } from './contender.js'
import { environmentOf, fileOf } from './gateway-environment.js'
import { GatewayServer, type GatewayAddress } from './gateway-server.js'
import { nodeFlags } from './node-flags.js'
import type { ProbeCommands } from './probe-commands.js'

const startMsMax = 30_000

/** The command of `npm start`, with its environment. @throws Error with what it has printed where it does not become ready. */
export async function startOnKafka(options: ServerOptions): Promise<RunningServer> {
  let output = ''
  const child = Child.start<ProbeCommands>('src/main', {
    env: kafkaEnvironmentOf(options),
    execArgv: [...nodeFlags, '--expose-gc', '--import', new URL('./probe.js', import.meta.url).href],
    onOutput: (text) => (output += text),
  })
  const giveUpAt = Date.now() + startMsMax
  while (!(await isReady(output))) {
    if (child.hasEnded || Date.now() > giveUpAt) throw new Error(`the gateway is not ready: ${output} ${child.complaints}`)
    await pause(50)
  }
  return new GatewayServer(options.lab, child, addressIn(output), (policy) => replacePolicy(options, policy))
}

async function isReady(output: string): Promise<boolean> {
  if (!output.includes('Sluice listens.')) return false
  return (await fetch(`${addressIn(output).url.replace('ws', 'http')}/readyz`)).status === 200
}

function addressIn(output: string): GatewayAddress {
  const [url, adminUrl] = ['url', 'admin_url'].map((name) => new RegExp(`"${name}":"([^"]+)"`).exec(output)![1]!)
  return { url: url!, adminUrl: adminUrl! }
}

function replacePolicy(options: ServerOptions, text: string): void {
  const next = fileOf(options, 'policy.json.next', text)
  renameSync(next, next.replace(/\.next$/, ''))
}

function kafkaEnvironmentOf(options: ServerOptions): Record<string, string> {
  const { lab, topic } = options
  return {
    KAFKA_BROKERS: lab.parts!.brokers.join(),
    SCHEMA_REGISTRY_URL: lab.parts!.registryUrl,
    ENTITIES: fileOf(options, 'entities.json', JSON.stringify({ order: { layout: 'single-topic', topic: topic.name } })),
    ...environmentOf(options),
  }
}
