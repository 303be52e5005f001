import type { Log } from '#log.js'

/** Hundreds of types may have some warnings each. The number is limited, as each newly registered version may bring another one. */
const warningsMax = 10_000

/** Warns of each thing once. */
export class Warnings {
  private readonly warned = new Set<string>()

  constructor(private readonly log: Log) {}

  once(about: string, message: string): void {
    if (this.warned.has(about) || this.warned.size >= warningsMax) return
    this.warned.add(about)
    this.log.warn({}, message)
  }
}
