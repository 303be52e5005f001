import { join } from 'node:path'

/** The only user of the SASL listener, with the same password in PLAIN and both kinds of SCRAM. */
export const saslUser = { username: 'alice', password: 'alice-secret' } as const
export const keyStorePassword = 'changeit'

/** Where a node listens, by the names of its listeners. */
export interface NodePorts {
  readonly plain: number
  readonly sasl: number
  readonly tls: number
  /** Of the listener behind a proxy. */
  readonly proxied: number
  readonly controller: number
}

export interface NodePlace {
  readonly id: number
  readonly rack: string
  readonly ports: NodePorts
  /** Where clients of the proxied listener are told to come. */
  readonly proxyPort: number
  /** The controllers' addresses by their numbers, as Kafka wants them. */
  readonly voters: string
  readonly nodeCount: number
  /** Further lines, which are stronger than those before them. */
  readonly settings?: readonly string[]
}

/**
 * Kafka's own defaults but for what makes one of several nodes on one machine. The short session lets a broker that was killed come back
 * at once, as its old self must be forgotten first; three share the processor, and must not be taken for lost.
 */
export function serverProperties(
  { id, rack, ports, proxyPort, voters, nodeCount, settings = [] }: NodePlace,
  dir: string,
  keyStore: string,
): string {
  const listeners = (proxied: number) =>
    `PLAIN://127.0.0.1:${ports.plain},SASL://127.0.0.1:${ports.sasl},TLS://127.0.0.1:${ports.tls},PROXIED://127.0.0.1:${proxied}`
  return `process.roles=broker,controller
node.id=${id}
broker.rack=${rack}
replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector
controller.quorum.voters=${voters}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listeners=${listeners(ports.proxied)},CONTROLLER://127.0.0.1:${ports.controller}
advertised.listeners=${listeners(proxyPort)}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
${saslProperties()}
ssl.keystore.location=${keyStore}
ssl.keystore.password=${keyStorePassword}
ssl.keystore.type=PKCS12
log.dirs=${join(dir, 'data')}
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=${nodeCount === 1 ? 1000 : 2000}
default.replication.factor=${nodeCount}
num.network.threads=2
num.io.threads=2
offsets.topic.num.partitions=1
offsets.topic.replication.factor=${nodeCount}
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=${nodeCount}
transaction.state.log.min.isr=1
${settings.join('\n')}
`
}

function saslProperties(): string {
  const login = `required username="${saslUser.username}" password="${saslUser.password}"`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return `sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule ${login} user_${saslUser.username}="${saslUser.password}";
listener.name.sasl.scram-sha-256.sasl.jaas.config=${scram}
listener.name.sasl.scram-sha-512.sasl.jaas.config=${scram}`
}
