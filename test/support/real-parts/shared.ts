import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apicurioJar, cacheDir, kafkaClassPath } from './artifacts.js'

/** What the guardian tells the test files of one run. */
export interface SharedParts {
  readonly guardian: number
  readonly brokers: readonly string[]
  readonly saslBrokers: readonly string[]
  readonly tlsBrokers: readonly string[]
  readonly tlsCertificate: string
  readonly registryUrl: string
}

/**
 * The process that the parts end with: tap where it runs this file, otherwise this process. Asked for at once, as an
 * orphan's parent is a process that never ends.
 */
const owner = process.env['TAP'] === '1' && process.ppid !== 1 ? process.ppid : process.pid

/** One instance for all the test files that tap runs: the first file that asks starts it, in a process that ends with tap. */
export async function sharedParts(): Promise<SharedParts> {
  const dir = join(cacheDir, `run-${owner}`)
  mkdirSync(cacheDir, { recursive: true })
  removeLeftover(dir)
  if (claim(dir)) startGuardian(dir)
  return await announced(dir)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** True for the one process that made the directory. */
function claim(dir: string): boolean {
  try {
    mkdirSync(dir)
    return true
  } catch {
    return false
  }
}

function startGuardian(dir: string): void {
  // Downloaded here, where Maven's complaints can be seen.
  kafkaClassPath()
  apicurioJar()
  const script = fileURLToPath(new URL('./guardian.js', import.meta.url))
  spawn(process.execPath, [script, String(owner), dir], { detached: true, stdio: 'ignore' }).unref()
}

async function announced(dir: string): Promise<SharedParts> {
  const giveUpAt = Date.now() + 170_000 // A little less than what tap gives a test file, so that this is the error it shows.
  for (;;) {
    const facts = read(dir)
    if (facts && 'failure' in facts) throw new Error(facts.failure)
    if (facts) return facts
    if (Date.now() > giveUpAt) throw new Error('the real parts have not started')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function read(dir: string): SharedParts | { failure: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'facts.json'), 'utf8')) as SharedParts | { failure: string }
  } catch {
    return undefined
  }
}

/** Of a guardian that was killed, for an owner that had the same process id as this run's. */
function removeLeftover(dir: string): void {
  const facts = read(dir)
  if (facts && 'guardian' in facts && !isAlive(facts.guardian)) rmSync(dir, { recursive: true, force: true })
}
