import { groupedBy } from '../grouped-by.js'
import { BrokerLoop, type BrokerLoopOptions } from './broker-loop.js'
import type { Reading } from './reading.js'

/** One loop for each node that is read from, so that none waits for another. */
export class BrokerLoops {
  private readonly loops = new Map<number, BrokerLoop>()

  constructor(private readonly options: BrokerLoopOptions) {}

  /** Each is fetched from its node from now on, and from no other; those without a node, or without a place, are not fetched. */
  assign(readings: Iterable<Reading>): void {
    const byNode = groupedBy(readings, ({ fetchedFrom }) => fetchedFrom)
    for (const [node, ofNode] of byNode) this.loopOf(node).assign(new Set(ofNode))
    for (const [node, loop] of this.loops) if (!byNode.has(node)) this.end(loop)
    this.options.pulse.readsFrom(new Set(byNode.keys()))
  }

  /** It is not held any more. */
  wake({ fetchedFrom }: Reading): void {
    if (fetchedFrom !== undefined) this.loops.get(fetchedFrom)?.wake()
  }

  stop(): void {
    for (const loop of this.loops.values()) this.end(loop)
  }

  private loopOf(node: number): BrokerLoop {
    const known = this.loops.get(node)
    if (known !== undefined) return known
    const loop = new BrokerLoop(node, { ...this.options, lost: (_node, reason) => this.lost(loop, reason) })
    this.loops.set(node, loop)
    void loop.run()
    return loop
  }

  private lost(loop: BrokerLoop, reason: string): void {
    if (this.loops.get(loop.node) === loop) this.loops.delete(loop.node)
    this.options.lost(loop.node, reason)
  }

  private end(loop: BrokerLoop): void {
    this.loops.delete(loop.node)
    loop.stop()
  }
}
