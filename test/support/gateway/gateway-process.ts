import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { until } from '../kafka/source-reader.js'
import { killProcess, spawnTethered } from '../running/tethered-process.js'

export type LogLine = Readonly<Record<string, unknown>>

const main = fileURLToPath(new URL('../../../src/main.js', import.meta.url))

/** The built gateway as a process of its own. It ends with the test at the latest. */
export class GatewayProcess {
  /** What it has logged, in order. */
  readonly log: LogLine[] = []
  /** What it has printed for people. */
  printed = ''
  /** What it has printed on its standard error. */
  complaint = ''
  /** Resolves with its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.take(line))
    child.stderr!.on('data', (text: Buffer) => (this.complaint += text.toString()))
    this.exited = new Promise((resolve) => child.once('close', resolve))
  }

  /** Starts it on free ports with this environment and nothing of that of the tests. `stdout` is kept, unless it is a file. */
  static spawn(
    t: Test,
    environment: Readonly<Record<string, string>>,
    { stdout = 'pipe', descriptorsMax, file = main }: { stdout?: 'pipe' | number; descriptorsMax?: number; file?: string } = {},
  ): GatewayProcess {
    const { PATH: path } = process.env
    const env = { PATH: path, HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', ...environment }
    const limited = ['-c', `ulimit -n ${descriptorsMax ?? ''}; exec "$0" "$@"`, process.execPath]
    const [command, args] = descriptorsMax === undefined ? [process.execPath, []] : ['sh', limited]
    const gateway = new GatewayProcess(spawnTethered(command, [...args, file], { env, stdout, stderr: 'pipe' }))
    t.teardown(() => gateway.kill())
    return gateway
  }

  /** As `spawn`, and waits until `/readyz` says 200. @throws Error with what it printed where it ends before. */
  static async start(...parameters: Parameters<typeof GatewayProcess.spawn>): Promise<GatewayProcess> {
    const gateway = GatewayProcess.spawn(...parameters)
    await until('the gateway is ready', async () => gateway.hasEnded || (await gateway.isReady()), 60_000)
    if (gateway.hasEnded) throw new Error(`the gateway ended before it was ready: ${gateway.complaint}`)
    return gateway
  }

  /** `ws://host:port`; undefined until it listens. */
  get url(): string | undefined {
    return this.listening?.['url'] as string | undefined
  }

  /** `http://host:port` of the admin port, once it listens. */
  get adminUrl(): string {
    return String(this.listening?.['admin_url'])
  }

  /** The status of `/readyz`; 0 until it listens. */
  async readiness(): Promise<number> {
    if (this.url === undefined) return 0
    return (await fetch(`${this.url.replace('ws', 'http')}/readyz`)).status
  }

  /** What `/readyz` of the admin port says is amiss. */
  async reasons(): Promise<readonly string[]> {
    return ((await (await fetch(`${this.adminUrl}/readyz`)).json()) as { readonly reasons: readonly string[] }).reasons
  }

  /** The text of `/metrics`. @param query as it stands behind the path. */
  async metrics(query = ''): Promise<string> {
    return await (await fetch(`${this.adminUrl}/metrics${query}`)).text()
  }

  /** From here on nobody reads what it prints. */
  pauseOutput(): void {
    this.child.stdout!.pause()
  }

  resumeOutput(): void {
    this.child.stdout!.resume()
  }

  /** Nobody will read what it prints. */
  leaveOutput(): void {
    this.child.stdout!.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** SIGTERM. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM')
    return await this.exited
  }

  async kill(): Promise<void> {
    await killProcess(this.child)
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  private async isReady(): Promise<boolean> {
    return (await this.readiness()) === 200
  }

  private get listening(): LogLine | undefined {
    return this.log.find(({ msg }) => msg === 'Sluice listens.')
  }

  private take(line: string): void {
    if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine)
    else this.printed += `${line}\n`
  }
}
