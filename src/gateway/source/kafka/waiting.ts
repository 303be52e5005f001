import type { Log } from '#log.js'
import type { ReadingTable } from '#kafka/read/reading-table.js'

/** How many names one sentence has. */
const namesMax = 20

/** What a source waits for that reads all the rest. */
export class Waiting {
  private said: readonly string[] = []

  constructor(private readonly log: Log) {}

  get sentences(): readonly string[] {
    return this.said
  }

  /** Logs what was not so the last time. */
  note({ missing, notPermitted, unreadable, unanswered }: ReadingTable): void {
    const sentences = [
      ...listed('these topics do not exist yet', missing),
      ...listed('these topics do not exist, or this login may not describe them', notPermitted),
      ...listed('this login may not read these topics', unreadable),
      ...listed('nobody answers for these partitions', unanswered),
    ]
    for (const one of sentences) if (!this.said.includes(one)) this.log.warn({}, one)
    this.said = sentences
  }
}

/** Nothing where there is nothing to list. */
export function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : ''
  return [`${what}: ${names.slice(0, namesMax).join(', ')}${more}`]
}
