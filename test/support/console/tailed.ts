import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { exactJson } from '#client/exact.js'
import { killProcess, spawnTethered } from '../running/tethered-process.js'

const program = fileURLToPath(new URL('../../../src/sluice.js', import.meta.url))
const parse = exactJson('bigint')

/** What `sluice tail --json` prints to one user. */
export class Tailed {
  /** Of the entity, as it was printed last. */
  data: Readonly<Record<string, unknown>> | undefined
  /** All that was printed. */
  printed = ''

  static start(t: Test, url: string, token: string, entityType: string, entityId: string): Tailed {
    const tailed = new Tailed()
    const args = [program, 'tail', entityId, '--type', entityType, '--url', url, '--token', token, '--json']
    const child = spawnTethered(process.execPath, args, { stdout: 'pipe', stderr: 'pipe' })
    t.teardown(() => killProcess(child))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      tailed.printed += `${line}\n`
      tailed.data = (parse(line) as { data: Tailed['data'] }).data
    })
    return tailed
  }
}
