import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningServer } from '../contenders/contender.js'
import type { ConsolePlan, ConsoleUse } from '../load/console-page.js'
import type { ConsoleCommands } from '../load/console-process.js'
import { plansOf, type ClientSketch } from './client-sketch.js'
import { Child } from './child.js'
import type { Lab } from './lab.js'
import { TrialFailure } from './trial-failure.js'

/** As long as a token must be. */
const token = 'of-the-bench'.repeat(4)

/** Who has a console open, and whose columns stand there. */
export interface ConsoleSketch {
  readonly screen: ConsolePlan['screen']
  readonly people: readonly ClientSketch[]
}

/** Consoles of a gateway that are open, in a process of their own. */
export class Consoles {
  private constructor(private readonly child: Child<ConsoleCommands>) {}

  /** What a gateway is told that has a console for them. */
  static environment({ folder }: Lab): Record<string, string> {
    const path = join(folder, 'admins')
    writeFileSync(path, `bench view ${token}\n`)
    return { ADMIN_TOKEN_FILE: path }
  }

  /** Resolves when all show everything. */
  static async open(server: RunningServer, sketches: readonly ConsoleSketch[]): Promise<Consoles> {
    const child = Child.start<ConsoleCommands>('bench/load/console-process')
    try {
      const plans = sketches.map(async ({ screen, people }) => ({
        ...{ adminUrl: server.adminUrl!, token, screen },
        people: await plansOf(server, people),
      }))
      await child.ask('open', await Promise.all(plans))
      return new Consoles(child)
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  /** Of all together, since it was asked before. @throws TrialFailure where one was refused anything, or has not asked for anything. */
  async use(): Promise<ConsoleUse> {
    const all = await this.child.ask('use', undefined).catch((error: unknown) => {
      throw new TrialFailure((error as Error).message)
    })
    if (all.some(({ polls }) => polls === 0)) throw new TrialFailure('a console that is open has asked for nothing')
    const sum = (figure: 'polls' | 'updates') => all.reduce((total, use) => total + use[figure], 0)
    return { polls: sum('polls'), updates: sum('updates'), slowestMs: Math.max(...all.map(({ slowestMs }) => slowestMs)) }
  }

  async close(): Promise<void> {
    await this.child.stop()
  }
}
