import type { Observable } from 'rxjs'
import type { Partition } from '../source/partition-source.js'

/** Which partitions have been read as far as their logs went when reading began. */
export class Filling {
  private readonly partitions = new Map<string, Promise<void>[]>()

  constructor(partitions$: Observable<Partition>) {
    partitions$.subscribe(({ topic, caughtUp }) => this.partitions.set(topic, [...(this.partitions.get(topic) ?? []), caughtUp]))
  }

  /** Resolves when all partitions of these topics have caught up that are known now. */
  async whenFilled(topics: readonly string[]): Promise<void> {
    await Promise.all(topics.flatMap((topic) => this.partitions.get(topic) ?? []))
  }
}
