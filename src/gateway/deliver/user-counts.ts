/** Counts things by user (`sub`), and all of them together. */
export class UserCounts {
  total = 0
  private readonly counts = new Map<string, number>()

  of(sub: string): number {
    return this.counts.get(sub) ?? 0
  }

  add(sub: string): void {
    this.total++
    this.counts.set(sub, this.of(sub) + 1)
  }

  remove(sub: string): void {
    this.total--
    const left = this.of(sub) - 1
    // A user who has left must cost nothing: users come and go for as long as the process runs.
    if (left > 0) this.counts.set(sub, left)
    else this.counts.delete(sub)
  }
}
