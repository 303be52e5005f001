import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../harness/child.js'
import { TrialFailure } from '../harness/trial-failure.js'
import { pause } from '../harness/monotonic.js'
import type { ProbeCommands } from './probe.js'
import type { Contender, RunningServer, ServerOptions } from './contender.js'
import { samplesOf } from '../../test/support/prometheus-text.js'
import { secret } from '../../test/support/tokens.js'

/** The gateway, built, as shipped: the command of `npm start`, with its environment. */
export const sluice: Contender = { name: 'sluice', filters: true, corks: true, start: startSluice }

const startMsMax = 30_000

async function startSluice(options: ServerOptions): Promise<RunningServer> {
  if (options.lab.parts === undefined)
    throw new TrialFailure('the gateway is measured with a Kafka: leave --memory out, or name others by --only')
  const gateway = new GatewayProcess(options)
  await gateway.ready()
  return gateway
}

class GatewayProcess implements RunningServer {
  private readonly child: Child<ProbeCommands>
  private output = ''

  constructor(private readonly options: ServerOptions) {
    const execArgv = ['--expose-gc', '--import', new URL('./probe.js', import.meta.url).href]
    this.child = Child.start('src/main', { env: environmentOf(options), execArgv, onOutput: (text) => (this.output += text) })
  }

  get pid(): number {
    return this.child.pid
  }

  clientUrl = (client: number): string => `${this.address('url')}/ws/client-${client}`

  /** @throws Error with what it has printed where it does not become ready. */
  async ready(): Promise<void> {
    const giveUpAt = Date.now() + startMsMax
    while (!(await this.isReady())) {
      if (this.child.hasEnded || Date.now() > giveUpAt) throw new Error(`the gateway is not ready: ${this.output} ${this.child.complaints}`)
      await pause(50)
    }
  }

  feed: RunningServer['feed'] = (order) => this.options.lab.feed(order)

  async counts() {
    const samples = samplesOf(await (await fetch(`${this.address('admin_url')}/metrics`)).text())
    const counter = (name: string) => samples.get(`sluice_${name}`)!
    return {
      frames: counter('frames_sent_total'),
      writes: counter('writes_total'),
      encoded: counter('frames_encoded_total'),
      records: counter('records_total'),
      recordToWrite: bucketsOf(samples),
    }
  }

  async collected(): Promise<number> {
    return await this.child.ask('collected', undefined)
  }

  async startProfile(): Promise<void> {
    await this.child.ask('startProfile', undefined)
  }

  async stopProfile(file: string): Promise<void> {
    await this.child.ask('stopProfile', file)
  }

  replacePolicy(text: string): void {
    const path = pathOf(this.options, 'policy.json')
    writeFileSync(`${path}.next`, text)
    renameSync(`${path}.next`, path)
  }

  signal(name: NodeJS.Signals): void {
    this.child.signal(name)
  }

  async stop(): Promise<void> {
    await this.child.stop('SIGKILL')
  }

  private async isReady(): Promise<boolean> {
    if (!this.output.includes('Sluice listens.')) return false
    return (await fetch(`${this.address('url').replace('ws', 'http')}/readyz`)).status === 200
  }

  private address(name: 'url' | 'admin_url'): string {
    return new RegExp(`"${name}":"([^"]+)"`).exec(this.output)![1]!
  }
}

const bucketPattern = /^sluice_delivery_latency_seconds_bucket\{le="(.+)"\}$/

function bucketsOf(samples: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
  return new Map(
    [...samples].flatMap(([name, count]) => {
      const bound = bucketPattern.exec(name)?.[1]
      return bound === undefined ? [] : [[bound === '+Inf' ? Infinity : Number(bound), count] as const]
    }),
  )
}

function pathOf({ lab, topic }: ServerOptions, name: string): string {
  return join(lab.folder, `${topic.name}-${name}`)
}

function environmentOf(options: ServerOptions): Record<string, string> {
  const { lab, topic, policy, env } = options
  const file = (name: string, text: string) => {
    const path = pathOf(options, name)
    writeFileSync(path, text)
    return path
  }
  const entities = { order: { layout: 'single-topic', topic: topic.name } }
  return {
    ...{ HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'info', CONNECTIONS_MAX: '100000' },
    KAFKA_BROKERS: lab.parts!.brokers.join(),
    SCHEMA_REGISTRY_URL: lab.parts!.registryUrl,
    ENTITIES: file('entities.json', JSON.stringify(entities)),
    POLICY_FILE: file('policy.json', policy),
    JWT_SECRET: secret,
    ...env,
  }
}
