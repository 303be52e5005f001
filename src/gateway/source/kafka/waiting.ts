import type { Log } from '#log.js'
import type { ReadingTable } from '#kafka/read/reading-table.js'

/** How many names one sentence lists, as there may be thousands. */
const namesMax = 20

/** The topics and partitions that a source waits for while it reads all the rest, in sentences. */
export class Waiting {
  private said: readonly string[] = []

  constructor(private readonly log: Log) {}

  get sentences(): readonly string[] {
    return this.said
  }

  /** Logs the sentences that are new. */
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

/** One sentence, or none where there are no names. */
export function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : ''
  return [`${what}: ${names.slice(0, namesMax).join(', ')}${more}`]
}
