import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { killProcess, spawnTethered } from '../running/tethered-process.js'
import { until } from '../running/until.js'

/** `sluice look` as somebody runs it, until the test ends at the latest. */
export class LookProcess {
  printed = ''
  private readonly exited: Promise<unknown[]>

  private constructor(private readonly child: ReturnType<typeof spawnTethered>) {
    createInterface({ input: child.stdout! }).on('line', (line) => (this.printed += `${line}\n`))
    child.stderr!.on('data', (text: Buffer) => (this.printed += text.toString()))
    this.exited = once(child, 'close')
  }

  /** Waits until it has printed the address of its console. */
  static async start(t: Test, ...args: readonly string[]): Promise<LookProcess> {
    // What is set for a gateway that somebody else runs here counts for nothing.
    const others = { HOST: '0.0.0.0', ADMIN_HOST: '0.0.0.0', POLICY_TOPIC: 'policies', LOG_LEVEL: 'loud' }
    const options = { env: { PATH: process.env['PATH'], ...others }, stdout: 'pipe', stderr: 'pipe' } as const
    const child = spawnTethered(process.execPath, ['dist/src/sluice.js', 'look', ...args], options)
    t.teardown(() => killProcess(child))
    const look = new LookProcess(child)
    await until(() => look.printed.includes('Ctrl-C ends it') || child.exitCode !== null)
    if (child.exitCode !== null) throw new Error(look.printed)
    return look
  }

  /** With its key. */
  get address(): string {
    return /http:\S+#k=\S+/.exec(this.printed)![0]
  }

  /** Asks the console for something, as its page does. */
  async answerOf(path: string, token = this.address.split('#k=')[1]!): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(new URL(`/api/${path}`, this.address), { headers: { Authorization: `Bearer ${token}` } })
    return { status: answer.status, text: await answer.text() }
  }

  /** Ctrl-C. Resolves with the exit code. */
  async stop(): Promise<unknown> {
    this.child.kill('SIGINT')
    return (await this.exited)[0]
  }
}
