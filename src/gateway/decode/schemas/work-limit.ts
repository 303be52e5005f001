/** Runs up to `max` pieces of work at a time. The others wait in the order in which they came. */
export class WorkLimit {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly max: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running === this.max) await new Promise<void>((goOn) => void this.waiting.push(goOn))
    else this.running++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running--
      else next()
    }
  }
}
