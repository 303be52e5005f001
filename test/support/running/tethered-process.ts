import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'

/**
 * The command, and beside it a watchdog that reads the pipe from this process: when the pipe closes, however this process
 * ended, the watchdog kills the command. The shell becomes the command, so that the child's process id is its own. A signal to all
 * processes of the run does not end the watchdog: the command may take its time to end, or refuse to.
 */
const script = `exec 3<&0; (trap '' TERM INT HUP; cat <&3 >/dev/null; kill -9 $$) >/dev/null 2>&1 & exec 3<&-; exec "$@"`

export interface TetheredOptions {
  /** The whole environment; that of this process where it is not given. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdout: 'pipe' | number
  readonly stderr: 'pipe' | number
}

/** Starts a process that never outlives this one, however this one ends. */
export function spawnTethered(command: string, args: readonly string[], { env, stdout, stderr }: TetheredOptions): ChildProcess {
  const stdio: StdioOptions = ['pipe', stdout, stderr]
  const child = spawn('sh', ['-c', script, 'tethered', command, ...args], { stdio, ...(env !== undefined && { env: { ...env } }) })
  child.once('exit', () => child.stdin?.destroy())
  return child
}

/** kill -9, unless it has gone already. Resolves when it has. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}
