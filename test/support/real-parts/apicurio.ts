import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apicurioJar } from './artifacts.js'
import { classArchives } from './class-archive.js'
import { freePort, startJvm, untilReady } from './jvm.js'
import { killProcess } from '../running/tethered-process.js'

/** A registry with Confluent's API that keeps its schemas in memory. */
export class Apicurio {
  private constructor(
    private readonly jvm: ChildProcess,
    private readonly dir: string,
    /** The root of Confluent's API. */
    readonly url: string,
  ) {}

  static async start(flags = classArchives.apicurio.flags): Promise<Apicurio> {
    const port = await freePort()
    const dir = mkdtempSync(join(tmpdir(), 'sluice-registry-'))
    const logFile = join(dir, 'apicurio.log')
    const settings = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`]
    const jvm = startJvm([...flags, ...settings, '-jar', apicurioJar()], logFile)
    const registry = new Apicurio(jvm, dir, `http://127.0.0.1:${port}/apis/ccompat/v7`)
    try {
      await untilReady(jvm, 'Apicurio', logFile, () => answers(`${registry.url}/subjects`))
    } catch (error) {
      await registry.stop()
      throw error
    }
    return registry
  }

  /** As an operator ends it: Java runs what it has to do at its end. */
  async end(): Promise<void> {
    this.jvm.kill('SIGTERM')
    if (this.jvm.exitCode === null) await once(this.jvm, 'exit')
  }

  async stop(): Promise<void> {
    await killProcess(this.jvm)
    rmSync(this.dir, { recursive: true, force: true })
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}
