/**
 * What the batches should come to that are handed on in one turn of the event loop, in which no socket is served and nothing is fetched.
 * With 4 and with 16 partitions a node with 1,000 clients of every entity that catches up stands still for 0.11 to 0.14 s at a time, and
 * stood still for 1.2 s without this limit, at the same cost; with 10,000 clients for 0.05 s instead of up to 5.6, and 2.1 million
 * deliveries a CPU second are left of 2.7, as fewer frames leave in a write. Half as many: 0.05 s, but 1.6 million with 10,000.
 */
const deliveriesMax = 400_000

/** From so many deliveries a record on a partition counts among those that share: with fewer its largest batch comes to little. */
const sharesFrom = 10

/** The partitions of a source that have a batch out, or one to come, of what many watch: they share what may be delivered in one turn. */
export class TurnShares {
  readonly busy = new Set<TurnShare>()

  /** What the batch of one partition should come to. */
  get deliveriesMax(): number {
    return deliveriesMax / Math.max(1, this.busy.size)
  }
}

/** How many records the next batch of a partition may hold, by what its last ones came to. */
export class TurnShare {
  private deliveriesPerRecord = 0

  constructor(private readonly shares: TurnShares) {}

  /** There is a batch to come: where it comes to much, the others must leave room for it. */
  enter(): void {
    if (this.deliveriesPerRecord >= sharesFrom) this.shares.busy.add(this)
  }

  leave(): void {
    this.shares.busy.delete(this)
  }

  get recordsMax(): number {
    return Math.max(1, Math.floor(this.shares.deliveriesMax / this.deliveriesPerRecord))
  }

  /**
   * Up at once. Down by half with a batch of as many records as it was allowed, and by little with a small one: many small ones in which
   * nothing was watched by many say little of the large one that comes when the node has stood still.
   * @param allowed `recordsMax` as it was when the batch was made.
   */
  note(records: number, deliveries: number, allowed: number): void {
    this.deliveriesPerRecord = Math.max(deliveries / records, this.deliveriesPerRecord / (1 + records / allowed))
  }
}
