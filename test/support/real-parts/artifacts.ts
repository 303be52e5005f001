import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
/** Kept between runs, outside version control. */
export const cacheDir = join(root, '.cache', 'real-parts')

export const kafkaVersion = '4.1.0'
export const apicurioVersion = '2.6.13'
const apicurio = `io.apicurio:apicurio-registry-app:${apicurioVersion}.Final:tar.gz:all`
/** The names change with the versions, so that a new version is never taken for one that is already there. */
const kafkaDir = join(cacheDir, `kafka-${kafkaVersion}`)
const apicurioDir = join(cacheDir, `apicurio-${apicurioVersion}`)

// kafka-tools has the console producer: records as Kafka's own Java client writes them, in every codec.
const kafkaPom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>real-parts</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`

/** What keeps the real parts from being started here, as the end of a sentence; undefined where nothing does. */
export function missingForRealParts(): string | undefined {
  if (javaVersion() === undefined) return 'no java (17 or newer) on the path'
  if (existsSync(kafkaDir) && existsSync(apicurioDir)) return undefined
  return spawnSync('mvn', ['-v']).status === 0 ? undefined : 'no mvn on the path to download Kafka and the registry'
}

/** Undefined where there is no Java. */
export function javaVersion(): string | undefined {
  return /"(.+)"/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[1]
}

/** The class path of Kafka, downloaded once. */
export function kafkaClassPath(): string {
  once(kafkaDir, (dir) => {
    const pom = join(dir, 'pom.xml')
    writeFileSync(pom, kafkaPom)
    maven('-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${dir}`, '-DincludeScope=runtime')
  })
  return join(kafkaDir, '*')
}

/** The jar that starts Apicurio, downloaded once. */
export function apicurioJar(): string {
  once(apicurioDir, (dir) => {
    maven('dependency:copy', `-Dartifact=${apicurio}`, `-DoutputDirectory=${dir}`)
    const [archive] = readdirSync(dir)
    execFileSync('tar', ['xzf', join(dir, archive!), '-C', dir])
    rmSync(join(dir, archive!))
  })
  return join(apicurioDir, `apicurio-registry-app-${apicurioVersion}.Final-runner.jar`)
}

/** Fills a directory beside its final place and renames it: two processes, or one that is killed, leave nothing half done. */
export function once(dir: string, fill: (dir: string) => void): void {
  if (existsSync(dir)) return
  mkdirSync(cacheDir, { recursive: true })
  const draft = mkdtempSync(join(cacheDir, 'download-'))
  try {
    fill(draft)
    if (!existsSync(dir)) renameSync(draft, dir)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function maven(...args: string[]): void {
  execFileSync('mvn', ['--batch-mode', '--quiet', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
}
