import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, kafkaClassPath, kafkaVersion, once } from './artifacts.js'
import { quickJava } from './jvm.js'
import { keyStorePassword, saslUser, serverProperties } from './server-properties.js'

// What is the same for every broker and takes Java a second each: made once, and kept beside the downloads.

/** One for every cluster of the tests. */
export const clusterId = 'c2x1aWNlLXRlc3QtMDAwMQ'

export interface KafkaTemplate {
  /** With the certificate of the TLS listener. */
  readonly keyStore: string
  /** The first records of a cluster's metadata: its features, and the passwords for SCRAM. */
  readonly checkpoint: string
}

export function kafkaTemplate(): KafkaTemplate {
  const dir = join(cacheDir, `kafka-${kafkaVersion}-template`)
  once(dir, (draft) => {
    makeKeyStore(join(draft, 'broker.p12'))
    format(draft)
  })
  return { keyStore: join(dir, 'broker.p12'), checkpoint: join(dir, 'data', 'bootstrap.checkpoint') }
}

function makeKeyStore(file: string): void {
  const who = ['-alias', 'broker', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '3650']
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12', '-keystore', file, '-storepass', keyStorePassword]
  execFileSync('keytool', ['-genkeypair', ...who, ...key], { stdio: 'ignore' })
}

/** As every node of every cluster may have it: of the place that must be said nothing is kept. */
function format(dir: string): void {
  const properties = join(dir, 'server.properties')
  const ports = { plain: 1, sasl: 2, tls: 3, proxied: 4, controller: 5 }
  const place = { id: 1, rack: 'a', ports, proxyPort: 4, voters: '1@127.0.0.1:5', nodeCount: 1 }
  writeFileSync(properties, serverProperties(place, dir, ''))
  const { username, password } = saslUser
  const scram = [256, 512].flatMap((bits) => ['--add-scram', `SCRAM-SHA-${bits}=[name=${username},password=${password}]`])
  const args = ['-cp', kafkaClassPath(), 'kafka.tools.StorageTool', 'format', '-c', properties, '-t', clusterId, ...scram]
  execFileSync('java', [...quickJava, ...args], { stdio: 'ignore' })
}
