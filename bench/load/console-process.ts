import { answer } from '../harness/child.js'
import { ConsolePage, type ConsolePlan, type ConsoleUse } from './console-page.js'

// A process of its own: has consoles open, as people's browsers do.

export type ConsoleCommands = typeof commands

const pages: ConsolePage[] = []

/** People do not come at the same moment, so that their pages ask at times of their own. */
const spreadMs = 1000

const commands = {
  /** Resolves when all show everything. */
  async open(plans: readonly ConsolePlan[]): Promise<void> {
    const openings = plans.map(async (plan, nth) => {
      await new Promise((resolve) => setTimeout(resolve, (nth * spreadMs) / plans.length))
      const page = new ConsolePage(plan)
      pages.push(page)
      await page.open()
    })
    await Promise.all(openings)
  },

  /** What came of each since it was asked before. */
  use(): ConsoleUse[] {
    return pages.map((page) => page.use())
  },
}

answer(commands)
