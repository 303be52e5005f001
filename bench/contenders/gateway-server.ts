import type { Child } from '../harness/child.js'
import type { Lab } from '../harness/lab.js'
import { samplesOf } from '../../test/support/gateway/prometheus-text.js'
import type { Buckets, RunningServer } from './contender.js'
import type { ProbeCommands } from './probe-commands.js'

export interface GatewayAddress {
  readonly url: string
  readonly adminUrl: string
}

/** A gateway whose ports are open, wherever its records come from. */
export class GatewayServer implements RunningServer {
  constructor(
    private readonly lab: Lab,
    private readonly child: Child<ProbeCommands>,
    private readonly address: GatewayAddress,
    readonly replacePolicy: (text: string) => void,
  ) {}

  get pid(): number {
    return this.child.pid
  }

  get adminUrl(): string {
    return this.address.adminUrl
  }

  clientUrl = (client: number): string => `${this.address.url}/ws/client-${client}`

  feed: RunningServer['feed'] = (order) => this.lab.feed(order)

  async counts() {
    const samples = samplesOf(await (await fetch(`${this.adminUrl}/metrics`)).text())
    const counter = (name: string) => samples.get(`sluice_${name}`)!
    return {
      frames: counter('frames_sent_total'),
      writes: counter('writes_total'),
      encoded: counter('frames_encoded_total'),
      records: counter('records_total'),
      recordToRead: bucketsOf(samples, 'read'),
      recordToWrite: bucketsOf(samples, 'delivery'),
      comparedByClaims: counter('claims_change_seconds_count'),
      mailboxBytes: counter('mailbox_bytes'),
    }
  }

  async collected(): Promise<number> {
    return await this.child.ask('collected', undefined)
  }

  async watch(): Promise<void> {
    await this.child.ask('watch', undefined)
  }

  async standstills() {
    return await this.child.ask('standstills', undefined)
  }

  async startProfile(): Promise<void> {
    await this.child.ask('startProfile', undefined)
  }

  async stopProfile(file: string): Promise<void> {
    await this.child.ask('stopProfile', file)
  }

  signal(name: NodeJS.Signals): void {
    this.child.signal(name)
  }

  async stop(): Promise<void> {
    await this.child.stop('SIGKILL')
  }
}

function bucketsOf(samples: ReadonlyMap<string, number>, what: 'read' | 'delivery'): Buckets {
  const pattern = new RegExp(`^sluice_${what}_latency_seconds_bucket\\{le="(.+)"\\}$`)
  return new Map(
    [...samples].flatMap(([name, count]) => {
      const bound = pattern.exec(name)?.[1]
      return bound === undefined ? [] : [[bound === '+Inf' ? Infinity : Number(bound), count] as const]
    }),
  )
}
