import type { Log } from '#log.js'

/** Some hundreds of types have some each; who registers one version after another must not fill the memory with them. */
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
