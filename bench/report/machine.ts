import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Machine } from './result.js'

/** Those whose speed is measured along with the code's own. */
const packages = ['uWebSockets.js', 'kafkajs', 'rxjs', 'avsc', '@casl/ability', 'ws', 'socket.io']

/** CPU time of the whole machine since it started, in the kernel's ticks. */
export interface CpuTicks {
  readonly all: number
  /** What the host gave to other guests. */
  readonly stolen: number
}

/** To be taken before a run; `describeMachine` takes the second one. */
export function readCpuTicks(): CpuTicks {
  return parseCpuTicks(textOf('/proc/stat'))
}

/**
 * Describes where a run took place.
 * @param folder the project's, where package.json and node_modules are.
 * @param before the ticks at the start of the run.
 */
export function describeMachine(folder: string, before: CpuTicks): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version.slice(1),
    // The rest of a release names a build, which says nothing to others.
    os: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`,
    sluice: [versionIn(folder), commitOf(folder)].join(' ').trim(),
    packages: Object.fromEntries(packages.flatMap((name) => installed(folder, name))),
    affinity: parseAffinity(textOf('/proc/self/status')),
    stealShare: stealShareBetween(before, readCpuTicks()),
  }
}

/** Of `/proc/stat`: its first line counts user, nice, system, idle, iowait, irq, softirq and steal; guests are in user already. */
export function parseCpuTicks(stat: string): CpuTicks {
  const counts = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.split(' ').slice(0, 8).map(Number) ?? []
  return { all: counts.reduce((sum, count) => sum + count, 0), stolen: counts[7] ?? 0 }
}

/** From 0 to 1; 0 where no time went by. */
export function stealShareBetween(before: CpuTicks, after: CpuTicks): number {
  return (after.stolen - before.stolen) / Math.max(1, after.all - before.all)
}

/** Of `/proc/self/status`. */
export function parseAffinity(status: string): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? 'unknown'
}

/** `0.1.0`: what package.json says. */
function versionIn(folder: string): string {
  const text = textOf(join(folder, 'package.json'))
  return text === '' ? 'unknown' : (JSON.parse(text) as { version: string }).version
}

/** A contender that is not installed has no version. */
function installed(folder: string, name: string): [string, string][] {
  const version = versionIn(join(folder, 'node_modules', name))
  return version === 'unknown' ? [] : [[name, version]]
}

/** The commit, and whether files differ from it; empty where the folder is no repository of its own, such as an unpacked archive. */
function commitOf(folder: string): string {
  const commit = git(folder, 'rev-parse', '--short', 'HEAD')
  if (commit === undefined) return ''
  return git(folder, 'status', '--porcelain') === '' ? commit : `${commit} dirty`
}

function git(folder: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    // Neither git nor a repository is needed to run the bench.
    return undefined
  }
}

/** Empty where there is no such file: the bench describes what it can find. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
