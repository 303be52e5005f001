import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { apicurioVersion, cacheDir, javaVersion, kafkaVersion } from './artifacts.js'

/** Classes as Java has laid them out in memory: with them a part is up in a third to a half of the time, for half of the CPU. */
class ClassArchive {
  constructor(private readonly part: string) {}

  /** None where it was not made: `npm test` makes it. */
  get flags(): readonly string[] {
    return existsSync(this.file) ? [`-XX:SharedArchiveFile=${this.file}`] : []
  }

  /** @param run the part with these flags, until it has ended by itself. */
  async make(run: (flags: readonly string[]) => Promise<void>): Promise<void> {
    if (existsSync(this.file)) return
    const draft = `${this.file}.${process.pid}`
    await run([`-XX:ArchiveClassesAtExit=${draft}`])
    renameSync(draft, this.file)
  }

  private get file(): string {
    return join(cacheDir, `${this.part}-java-${javaVersion()}.jsa`)
  }
}

export const classArchives = { kafka: new ClassArchive(`kafka-${kafkaVersion}`), apicurio: new ClassArchive(`apicurio-${apicurioVersion}`) }
