import { groupedBy } from '#grouped-by.js'
import { BrokerLoop, type BrokerLoopOptions } from './broker-loop.js'
import type { Reading } from './reading.js'

/** One loop for each broker that is read from, so that none waits for another. */
export class BrokerLoops {
  private readonly loops = new Map<number, BrokerLoop>()

  constructor(private readonly options: BrokerLoopOptions) {}

  /** Fetches each partition from its broker from now on, and from no other. Partitions without a broker or a place are not fetched. */
  assign(readings: Iterable<Reading>): void {
    const byBroker = groupedBy(readings, ({ fetchedFrom }) => fetchedFrom)
    for (const [broker, ofBroker] of byBroker) this.loopOf(broker).assign(new Set(ofBroker))
    for (const [broker, loop] of this.loops) if (!byBroker.has(broker)) this.end(loop)
    this.options.pulse.readsFrom(new Set(byBroker.keys()))
  }

  /** Must be called when a partition is no longer held. */
  wake({ fetchedFrom }: Reading): void {
    if (fetchedFrom !== undefined) this.loops.get(fetchedFrom)?.wake()
  }

  stop(): void {
    for (const loop of this.loops.values()) this.end(loop)
  }

  private loopOf(broker: number): BrokerLoop {
    const known = this.loops.get(broker)
    if (known !== undefined) return known
    const loop = new BrokerLoop(broker, { ...this.options, lost: (_broker, reason) => this.lost(loop, reason) })
    this.loops.set(broker, loop)
    void loop.run()
    return loop
  }

  private lost(loop: BrokerLoop, reason: string): void {
    if (this.loops.get(loop.broker) === loop) this.loops.delete(loop.broker)
    this.options.lost(loop.broker, reason)
  }

  private end(loop: BrokerLoop): void {
    this.loops.delete(loop.broker)
    loop.stop()
  }
}
