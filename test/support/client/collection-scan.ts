import type { SimulatedSurroundings } from './simulated-surroundings.js'

const stepMs = 20

/** A snapshot of a collection, which is sent an entity at a time. */
export class CollectionScan {
  /** @param entities with their versions when it began */
  constructor(
    private readonly world: SimulatedSurroundings,
    private readonly entities: readonly (readonly [string, number])[],
  ) {}

  /** @param tell with each entity, and without one at the end */
  run(isCurrent: () => boolean, tell: (id?: string, version?: number) => void, at = 0): void {
    this.world.after(stepMs, () => {
      if (!isCurrent()) return
      const [id, version] = this.entities[at] ?? []
      tell(id, version)
      if (at < this.entities.length) this.run(isCurrent, tell, at + 1)
    })
  }
}
