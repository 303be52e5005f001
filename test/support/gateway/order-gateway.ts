import type { Test } from 'tap'
import { GatewayProcess } from './gateway-process.js'
import { KafkaTopics, uniqueName } from '../kafka/kafka-topics.js'
import type { OrderLayout, WriteChange } from './order-layouts.js'
import { orderPolicy, type OrderReader } from './order-readers.js'
import { realParts } from '../real-parts/real-parts.js'
import { secret, signedToken } from './tokens.js'
import { UpdateStream } from '../clients/update-stream.js'

export interface OrderGatewayOptions {
  readonly partitions?: number
  /** Those of the real parts where they are not given. */
  readonly topics?: KafkaTopics
  readonly environment?: Readonly<Record<string, string>>
}

/** Topics of orders under a name of their own on real parts, and a gateway process that streams them. Ends with the test. */
export class OrderGateway {
  private constructor(
    readonly process: GatewayProcess,
    readonly topics: KafkaTopics,
    readonly entityType: string,
    readonly registryUrl: string,
    readonly write: WriteChange,
    /** That of the process, for another one beside it. */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(t: Test, layout: OrderLayout, { partitions = 1, environment, ...options }: OrderGatewayOptions = {}) {
    const { brokers, registryUrl } = await realParts()
    const topics = options.topics ?? (await KafkaTopics.connect(brokers))
    t.teardown(() => topics.close())
    const entityType = uniqueName('order')
    for (const suffix of layout.suffixes) await topics.create(`${entityType}${suffix}`, partitions)
    const write = await layout.prepare(registryUrl, entityType)
    const dir = t.testdir({ 'policy.json': orderPolicy(entityType), 'entities.json': JSON.stringify({ [entityType]: layout.entry }) })
    const all = {
      KAFKA_BROKERS: brokers.join(','),
      SCHEMA_REGISTRY_URL: registryUrl,
      ENTITIES: `${dir}/entities.json`,
      POLICY_FILE: `${dir}/policy.json`,
      JWT_SECRET: secret,
      ...environment,
    }
    return new OrderGateway(await GatewayProcess.start(t, all), topics, entityType, registryUrl, write, all)
  }

  async streamOf({ claims, dialect }: OrderReader, entityIds: readonly string[]): Promise<UpdateStream> {
    return await UpdateStream.open(`${this.process.url!}/ws/tests`, await signedToken(claims), dialect, entityIds)
  }
}
