import { execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { kafkaClassPath } from './artifacts.js'
import { startJvm, untilReady } from './jvm.js'
import { classArchives } from './class-archive.js'
import { clusterId, kafkaTemplate } from './kafka-template.js'
import { keyStorePassword, serverProperties, type NodePlace } from './server-properties.js'
import { killProcess } from '../running/tethered-process.js'

/** A node of a cluster with its data in a directory of its own. It may be killed and started again on the same ports, or hang. */
export class KafkaBroker {
  private jvm: ChildProcess | undefined
  private readonly dir = mkdtempSync(join(tmpdir(), 'sluice-kafka-'))

  constructor(private readonly place: NodePlace) {
    const { keyStore, checkpoint } = kafkaTemplate()
    const data = join(this.dir, 'data')
    mkdirSync(data)
    copyFileSync(checkpoint, join(data, 'bootstrap.checkpoint'))
    writeFileSync(join(data, 'meta.properties'), `version=1\ncluster.id=${clusterId}\nnode.id=${place.id}\n`)
    writeFileSync(this.properties, serverProperties(place, this.dir, keyStore))
  }

  get id(): number {
    return this.place.id
  }

  get address(): string {
    return `127.0.0.1:${this.place.ports.plain}`
  }

  get saslAddress(): string {
    return `127.0.0.1:${this.place.ports.sasl}`
  }

  get tlsAddress(): string {
    return `127.0.0.1:${this.place.ports.tls}`
  }

  /** The certificate that the TLS listener shows and that clients have to trust, as PEM. */
  tlsCertificate(): string {
    const args = ['-exportcert', '-rfc', '-alias', 'broker', '-keystore', kafkaTemplate().keyStore, '-storepass', keyStorePassword]
    return execFileSync('keytool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  }

  /** kill -9: what the broker had not written to its disk is what a crash would lose. */
  async kill(): Promise<void> {
    if (this.jvm) await killProcess(this.jvm)
    this.jvm = undefined
  }

  /** Keeps its connections, and answers nothing. */
  hang(): void {
    this.jvm?.kill('SIGSTOP')
  }

  /** It hangs no longer. */
  goOn(): void {
    this.jvm?.kill('SIGCONT')
  }

  /** Same ports, same data. Resolves when it serves clients. */
  async restart(flags = classArchives.kafka.flags): Promise<void> {
    const logFile = join(this.dir, 'kafka.log')
    const log = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
    this.jvm = startJvm([...flags, log, '-cp', kafkaClassPath(), 'kafka.Kafka', this.properties], logFile)
    await untilReady(this.jvm, 'Kafka', logFile, () => this.serves())
  }

  /** As an operator ends it: Java runs what it has to do at its end. */
  async end(): Promise<void> {
    this.jvm?.kill('SIGTERM')
    if (this.jvm?.exitCode === null) await once(this.jvm, 'exit')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.dir, { recursive: true, force: true })
  }

  private get properties(): string {
    return join(this.dir, 'server.properties')
  }

  /** Whether it is one of those whom clients are told of: its port opens earlier. */
  private async serves(): Promise<boolean> {
    if (!(await opens(this.place.ports.plain))) return false
    const admin = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin()
    try {
      await admin.connect()
      const { brokers } = await admin.describeCluster()
      return brokers.some(({ nodeId }) => nodeId === this.id)
    } catch {
      return false
    } finally {
      await admin.disconnect()
    }
  }
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
