/**
 * How many deliveries the batches of one turn of the event loop should come to. During a turn no socket is served and nothing is fetched.
 * With 1,000 clients of every entity and 4 or 16 partitions, a node that catches up stands still for 0.11 to 0.14 s at a time, and for 1.2
 * s without this limit, at the same cost. With 10,000 clients it stands still for 0.05 s instead of up to 5.6, and makes 2.1 instead of 2.7
 * million deliveries a CPU second, as fewer frames leave in a write. Half this limit gives 0.05 s, but 1.6 million with 10,000 clients.
 */
const deliveriesMax = 400_000

/** The deliveries a record from which on a partition shares the limit. With fewer its largest batch comes to little. */
const sharesFrom = 10

/** Partitions with many deliveries a record that have a batch out or one to come: they share the deliveries of one turn. */
export class TurnShares {
  readonly busy = new Set<TurnShare>()

  /** How many deliveries the batch of one partition should come to. */
  get deliveriesMax(): number {
    return deliveriesMax / Math.max(1, this.busy.size)
  }
}

/** Says how many records the next batch of a partition may hold, by the deliveries that its last ones came to. */
export class TurnShare {
  private deliveriesPerRecord = 0

  constructor(private readonly shares: TurnShares) {}

  /** A batch is to come. If it may come to many deliveries, the other partitions must leave room for it. */
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
   * Learns from a batch. The mean rises at once. It falls by half with a batch of as many records as were allowed, and by little with a
   * small one: many small batches with few deliveries say little of the large batch that comes after the node has stood still.
   * @param allowed `recordsMax` at the time the batch was made.
   */
  learn(records: number, deliveries: number, allowed: number): void {
    this.deliveriesPerRecord = Math.max(deliveries / records, this.deliveriesPerRecord / (1 + records / allowed))
  }
}
