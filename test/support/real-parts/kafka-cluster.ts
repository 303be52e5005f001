import { KafkaBroker } from './kafka-broker.js'
import { freePorts } from './jvm.js'
import type { NodePorts } from './server-properties.js'
import type { AnswerLosingProxy } from '../kafka/answer-losing-proxy.js'

const racks = ['a', 'b', 'c'] as const
/** Each with a listener for clients behind it, which are told to come to the proxy. */
type Proxy = Pick<AnswerLosingProxy, 'port' | 'brokerPort'>

/** One node, or three, of which any two go on alone: each is a broker and a controller, in a rack of its own. */
export class KafkaCluster {
  private constructor(readonly nodes: readonly KafkaBroker[]) {}

  /** @param proxies one before each node, or none. */
  static async start({ nodes: nodeCount, proxies = [], flags, settings = [] }: KafkaClusterOptions): Promise<KafkaCluster> {
    const ports = await portsOf(nodeCount, proxies)
    const voters = ports.map(({ controller }, at) => `${at + 1}@127.0.0.1:${controller}`).join()
    const places = ports.map((own, at) => {
      return { id: at + 1, rack: racks[at]!, ports: own, proxyPort: proxies[at]?.port ?? own.proxied, voters, nodeCount, settings }
    })
    const cluster = new KafkaCluster(places.map((place) => new KafkaBroker(place)))
    try {
      await Promise.all(cluster.nodes.map((node) => node.restart(flags)))
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get addresses(): string[] {
    return this.nodes.map(({ address }) => address)
  }

  /** They are numbered from 1 on. */
  node(id: number): KafkaBroker {
    return this.nodes[id - 1]!
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }
}

export interface KafkaClusterOptions {
  readonly nodes: 1 | 3
  readonly proxies?: readonly Proxy[]
  /** Lines of a broker's properties, which are stronger than those that it has anyway. */
  readonly settings?: readonly string[]
  /** Java's, where they are others than usual. */
  readonly flags?: readonly string[]
}

async function portsOf(nodeCount: number, proxies: readonly Proxy[]): Promise<NodePorts[]> {
  const listeners = 5
  const free = await freePorts(nodeCount * listeners)
  return Array.from({ length: nodeCount }, (_, at) => {
    const [plain, sasl, tls, proxied, controller] = free.slice(at * listeners) as [number, number, number, number, number]
    return { plain, sasl, tls, proxied: proxies[at]?.brokerPort ?? proxied, controller }
  })
}
