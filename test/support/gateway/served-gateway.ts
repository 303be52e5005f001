import type { Test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { parsePolicy } from '#policy/role-policy.js'
// Closed sockets are remembered for seconds, which would keep the tests' process alive.
import { backgroundClock as clock } from '#clock.js'
import { MemoryRegistry } from '#registry/memory-registry.js'
import { UwsServer } from '#gateway/deliver/socket/uws/uws-server.js'
import type { EntityDefinition } from '#entities.js'
import { Gateway } from '#gateway/gateway.js'
import type { PageLibrary } from '#gateway/deliver/socket/page-library.js'
import type { GatewayLimits, StateLimits } from '#gateway/gateway-options.js'
import { Meter } from '#gateway/observe/meter.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { MemoryTopics } from '#gateway/source/memory/memory-topics.js'
import { subprotocolsWith } from '#protocol/credentials.js'
import type { Subprotocol } from '#protocol/dialect.js'
import { EventEncoder } from '../values/event-encoder.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'
import { HeldPolicy } from './held-policy.js'
import { freePort } from '../real-parts/jvm.js'
import { signedToken, tokenChecks } from './tokens.js'
import { WsClient } from '../clients/ws-client.js'

const servedLimits: GatewayLimits = {
  connectionsMax: 1_000,
  subscriptionsMax: 100,
  subscriptionsTotalMax: 10_000,
  collectionsMax: 10,
  collectionEntitiesMax: 1_000,
  scanRowsPerSecondMax: 100_000,
  frameBytesMax: 16 * 1024,
  framesPerSecondMax: 1_000,
  frameOutBytesMax: 1_000_000,
  mailboxBytesMax: 1_000_000,
  mailboxesBytesMax: 100_000_000,
}

interface ServedOptions {
  readonly limits?: Partial<GatewayLimits>
  /** Without it no type has a table. */
  readonly state?: StateLimits
  readonly pageLibrary?: PageLibrary
}

/** The whole gateway with the real server and real sockets; the log and the registry alone are in memory. Entities are of the types of the given records. */
export class ServedGateway {
  readonly clock = clock
  readonly meter = new Meter()
  readonly logged: LoggedLine[] = []
  readonly gateway: Gateway
  readonly policy: HeldPolicy
  private readonly verifier = createTokenVerifier(tokenChecks, { clock, log: recordingLog(this.logged), meter: this.meter })
  url = ''
  private server!: UwsServer
  private pageLibrary: PageLibrary | undefined
  private readonly topics = new MemoryTopics({ clock, partitionBytesMax: 64 * 1024 * 1024 })
  private readonly encoders: ReadonlyMap<string, EventEncoder>

  private constructor(records: Readonly<Record<string, RecordSchema>>, policy: object, { limits, state }: ServedOptions) {
    const registry = new MemoryRegistry()
    const schemas = Object.entries(records).map(([name, record]) => [name, eventSchemaOf(record)] as const)
    this.encoders = new Map(
      schemas.map(([name, schema]) => [name, new EventEncoder(schema, registry.register(`${name}-value`, JSON.stringify(schema)))]),
    )
    const entities = schemas.map(([name]): EntityDefinition => ({ name, layout: 'single-topic', envelope: 'event', topic: name }))
    for (const { name } of entities) this.topics.create(name, 1)
    const parts = {
      source: new MemorySource(this.topics, clock),
      registry,
      clock,
      meter: this.meter,
      log: recordingLog(this.logged),
      random: Math.random,
      verifier: this.verifier,
      node: 'node-1',
    }
    this.policy = new HeldPolicy(parsePolicy(JSON.stringify(policy)))
    this.gateway = new Gateway({ ...parts, entities, limits: { ...servedLimits, ...limits }, state, policy: this.policy, longs: 'number' })
  }

  static async start(t: Test, records: Readonly<Record<string, RecordSchema>>, policy: object, options: ServedOptions = {}) {
    const served = new ServedGateway(records, policy, options)
    await served.listen(t, options.pageLibrary)
    return served
  }

  /** @param roles those of the token. */
  async connect(t: Test, clientId: string, roles: readonly string[], subprotocol: Subprotocol = 'sluice.v1'): Promise<WsClient> {
    const token = await signedToken({ roles, sub: clientId })
    const client = await WsClient.connect(`${this.url}/ws/${clientId}`, { protocols: subprotocolsWith(token, subprotocol) })
    t.teardown(() => client.socket.terminate())
    return client
  }

  write(entityType: string, entityId: string, data: object): void {
    const event = { entity_id: entityId, entity_type: entityType, operation: 'update', timestamp: clock.now(), data }
    this.topics.append(entityType, { key: Buffer.from(entityId), value: this.encoders.get(entityType)!.encode(event) })
  }

  /** As where a machine is gone from the network: no socket stands any more, and none is taken. */
  goAway(): void {
    this.server.stopListening()
    this.server.close()
  }

  /** Listens where it did before. */
  async comeBack(): Promise<void> {
    await this.serve(Number(new URL(this.url).port))
  }

  private async listen(t: Test, pageLibrary: PageLibrary | undefined): Promise<void> {
    this.pageLibrary = pageLibrary
    // One that is asked for by its number may be listened to again while its old sockets linger.
    await this.serve(await freePort())
    await this.gateway.start()
    t.teardown(async () => {
      await this.gateway.stop(1000)
      this.server.close()
    })
  }

  private async serve(port: number): Promise<void> {
    const { gateway, meter, pageLibrary } = this
    const log = recordingLog(this.logged)
    const options = {
      frameBytesMax: 16 * 1024,
      framesPerSecondMax: 1000,
      idleTimeoutSeconds: 60,
      waitingSocketsMax: 1000,
      upgradesPerSecondMax: 1000,
      allowedOrigins: [],
    }
    const parts = {
      acceptor: gateway.connections,
      verifier: this.verifier,
      isReady: () => true,
      pageLibrary,
      clock,
      random: Math.random,
      meter,
      log,
    }
    this.server = await UwsServer.create(options, parts)
    this.url = `ws://127.0.0.1:${await this.server.listen('127.0.0.1', port)}`
  }
}
