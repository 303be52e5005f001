import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Test } from 'tap'
import type { SluiceClient } from '#client/sluice-client.js'

/** What was the version before, until versions have tags: without drains, and whose clients know no `busy`. */
const commit = 'ad8a2032085ac7c964bf91d14e865dae41c70843'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** The gateway and the client library as they were at an earlier commit, with the packages of today. */
export class EarlierVersion {
  private constructor(private readonly folder: string) {}

  /** Undefined where the history of this checkout does not go back so far. */
  static isKnown(): boolean {
    try {
      execFileSync('git', ['-C', root, 'cat-file', '-e', commit], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  static async build(t: Test): Promise<EarlierVersion> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-earlier-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const code = execFileSync('git', ['-C', root, 'archive', commit, 'package.json', 'src', 'schemas'], { maxBuffer: 64 * 1024 * 1024 })
    execFileSync('tar', ['-x', '-C', folder], { input: code })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    const entryPoints = files.filter((file) => file.endsWith('.ts') && !file.includes('/page/')).map((file) => join('src', file))
    await build({ absWorkingDir: folder, entryPoints, outbase: '.', outdir: 'dist', format: 'esm', platform: 'node', target: 'node20' })
    return new EarlierVersion(folder)
  }

  /** The file that starts the gateway. */
  get main(): string {
    return join(this.folder, 'dist/src/main.js')
  }

  async clientLibrary(): Promise<typeof SluiceClient> {
    const file = pathToFileURL(join(this.folder, 'dist/src/client/sluice-client.js')).href
    return ((await import(file)) as { SluiceClient: typeof SluiceClient }).SluiceClient
  }
}
