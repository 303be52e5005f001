import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

export interface ChildOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly execArgv?: readonly string[]
  /** Where its standard output goes; it is thrown away where none is given. */
  readonly onOutput?: (text: string) => void
}

/** Commands and their parameters and results, by name. */
export type Commands = Readonly<Record<string, (parameters: never) => unknown>>

type ParametersOf<C extends Commands, K extends keyof C> = Parameters<C[K]>[0]
type ResultOf<C extends Commands, K extends keyof C> = Awaited<ReturnType<C[K]>>

const running = new Set<ChildProcess>()

/** A process of the bench, asked by messages. It ends with this process, as the channel between them closes then. */
export class Child<C extends Commands> {
  private readonly waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  private asked = 0
  private complaint = ''

  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
  ) {
    process.on('message', (answer: Answer) => this.settle(answer))
    process.stderr?.on('data', (text: Buffer) => (this.complaint += text.toString()))
    running.add(process)
    process.once('exit', () => running.delete(process))
    process.once('exit', (code, signal) => this.fail(new Error(`${name} ended (${code ?? signal ?? ''}) ${this.complaint.slice(-2000)}`)))
  }

  /** @param path of the module, from the root of the project and without its ending. */
  static start<C extends Commands>(path: string, { env = {}, execArgv = [], onOutput }: ChildOptions = {}): Child<C> {
    const file = fileURLToPath(new URL(`../../${path}.js`, import.meta.url))
    const child = fork(file, {
      env: { ...process.env, ...env },
      execArgv: ['--enable-source-maps', ...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child.stdout?.on('data', (text: Buffer) => onOutput?.(text.toString()))
    return new Child(path, child)
  }

  /** All there are. One that is stopped (SIGSTOP) sees no channel close, and would stay. */
  static killAll(): void {
    for (const child of running) child.kill('SIGKILL')
  }

  get pid(): number {
    return this.process.pid!
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  /** What it has written to its standard error. */
  get complaints(): string {
    return this.complaint
  }

  ask<K extends keyof C & string>(command: K, parameters: ParametersOf<C, K>): Promise<ResultOf<C, K>> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(new Error(`${this.name} has ended ${this.complaint.slice(-2000)}`))
      const id = this.asked++
      this.waiting.set(id, { resolve, reject })
      this.process.send({ id, command, parameters }, (error) => error && reject(error))
    })
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name)
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.hasEnded) return
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill(signal)
    await ended
  }

  private settle({ id, result, error }: Answer): void {
    const asked = this.waiting.get(id)
    this.waiting.delete(id)
    if (error === undefined) asked?.resolve(result as never)
    else asked?.reject(new Error(`${this.name}: ${error}`))
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}

/** The other side: answers what `Child.ask` asks, and ends when nobody can ask any more. */
export function answer(commands: Commands): void {
  process.on('message', ({ id, command, parameters }: { id: number; command: string; parameters: unknown }) => {
    const run = async () => await (commands[command] as (parameters: unknown) => unknown)(parameters)
    run().then(
      (result) => process.send!({ id, result }),
      (error: unknown) => process.send!({ id, error: (error as Error).stack ?? String(error) }),
    )
  })
  process.once('disconnect', () => process.exit(0))
}
