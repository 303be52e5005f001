import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { kafkaClassPath } from './artifacts.js'
import { freePort, startJvm, untilReady } from './jvm.js'
import { killProcess } from '../running/tethered-process.js'

/** The only user of the SASL listener, with the same password in PLAIN and both kinds of SCRAM. */
export const saslUser = { username: 'alice', password: 'alice-secret' } as const

interface Ports {
  readonly plain: number
  /** That which clients of the first listener are told. */
  readonly advertised: number
  readonly sasl: number
  readonly tls: number
  readonly controller: number
}

/** One Kafka node with its data in a directory of its own. It may be killed and started again on the same ports. */
export class KafkaBroker {
  private jvm: ChildProcess | undefined

  private constructor(
    private readonly dir: string,
    private readonly ports: Ports,
  ) {}

  /** `proxy` stands before the listener without TLS or SASL. */
  static async start(proxy?: { readonly port: number; readonly brokerPort: number }): Promise<KafkaBroker> {
    const plain = proxy?.brokerPort ?? (await freePort())
    const ports = { plain, advertised: proxy?.port ?? plain, sasl: await freePort(), tls: await freePort(), controller: await freePort() }
    const broker = new KafkaBroker(mkdtempSync(join(tmpdir(), 'sluice-kafka-')), ports)
    try {
      broker.format()
      await broker.restart()
    } catch (error) {
      await broker.stop()
      throw error
    }
    return broker
  }

  get address(): string {
    return `127.0.0.1:${this.ports.plain}`
  }

  get saslAddress(): string {
    return `127.0.0.1:${this.ports.sasl}`
  }

  get tlsAddress(): string {
    return `127.0.0.1:${this.ports.tls}`
  }

  /** The certificate that the TLS listener shows and that clients have to trust, as PEM. */
  tlsCertificate(): string {
    const args = ['-exportcert', '-rfc', '-alias', 'broker', '-keystore', this.keyStore, '-storepass', 'changeit']
    return execFileSync('keytool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  }

  /** kill -9: what the broker had not written to its disk is what a crash would lose. */
  async kill(): Promise<void> {
    if (this.jvm) await killProcess(this.jvm)
    this.jvm = undefined
  }

  /** Same ports, same data. */
  async restart(): Promise<void> {
    const logFile = join(this.dir, 'kafka.log')
    this.jvm = startJvm(['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', kafkaClassPath(), 'kafka.Kafka', this.properties], logFile)
    await untilReady(this.jvm, 'Kafka', logFile, () => answers(this.ports.plain))
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.dir, { recursive: true, force: true })
  }

  private get properties(): string {
    return join(this.dir, 'server.properties')
  }

  private get keyStore(): string {
    return join(this.dir, 'broker.p12')
  }

  private format(): void {
    makeKeyStore(this.keyStore)
    writeFileSync(this.properties, serverProperties(this.dir, this.keyStore, this.ports))
    const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${saslUser.username},password=${saslUser.password}]`,
    ])
    const args = [
      '-cp',
      kafkaClassPath(),
      'kafka.tools.StorageTool',
      'format',
      '-c',
      this.properties,
      '-t',
      'c2x1aWNlLXRlc3QtMDAwMQ',
      ...scram,
    ]
    execFileSync('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...args], { stdio: 'ignore' })
  }
}

/** Whether the broker serves metadata: its port opens earlier. */
async function answers(port: number): Promise<boolean> {
  if (!(await opens(port))) return false
  const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin()
  try {
    await admin.connect()
    await admin.listTopics()
    return true
  } catch {
    return false
  } finally {
    await admin.disconnect()
  }
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function makeKeyStore(file: string): void {
  const who = ['-alias', 'broker', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '2']
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12', '-keystore', file, '-storepass', 'changeit']
  execFileSync('keytool', ['-genkeypair', ...who, ...key], { stdio: 'ignore' })
}

// The short session lets a broker that was killed come back at once: its old self must be forgotten first.
function serverProperties(dir: string, keyStore: string, ports: Ports): string {
  const login = `required username="${saslUser.username}" password="${saslUser.password}"`
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule ${login} user_${saslUser.username}="${saslUser.password}";`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const listeners = `PLAIN://127.0.0.1:${ports.plain},SASL://127.0.0.1:${ports.sasl},TLS://127.0.0.1:${ports.tls}`
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listeners=${listeners},CONTROLLER://127.0.0.1:${ports.controller}
advertised.listeners=${listeners.replace(String(ports.plain), String(ports.advertised))}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=${plain}
listener.name.sasl.scram-sha-256.sasl.jaas.config=${scram}
listener.name.sasl.scram-sha-512.sasl.jaas.config=${scram}
ssl.keystore.location=${keyStore}
ssl.keystore.password=changeit
ssl.keystore.type=PKCS12
log.dirs=${join(dir, 'data')}
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=1000
num.network.threads=2
num.io.threads=2
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
`
}
