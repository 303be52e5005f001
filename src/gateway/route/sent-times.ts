/**
 * For one entity id and one client: the time of the newest event that was sent of each entity type, in milliseconds since the epoch. Nearly
 * always there is only one type.
 */
export class SentTimes {
  private firstType: string | undefined
  private firstMs = -Infinity
  private others: Map<string, number> | undefined

  /** -Infinity where none was sent. */
  newestMs(entityType: string): number {
    return this.firstType === entityType ? this.firstMs : (this.others?.get(entityType) ?? -Infinity)
  }

  noteSent(entityType: string, ms: number): void {
    this.firstType ??= entityType
    if (this.firstType === entityType) {
      if (ms > this.firstMs) this.firstMs = ms
    } else if (ms > this.newestMs(entityType)) (this.others ??= new Map()).set(entityType, ms)
  }

  noteAll(times: Iterable<readonly [entityType: string, ms: number]>): void {
    for (const [entityType, ms] of times) this.noteSent(entityType, ms)
  }

  all(): (readonly [entityType: string, ms: number])[] {
    return this.firstType === undefined ? [] : [[this.firstType, this.firstMs], ...(this.others ?? [])]
  }
}
