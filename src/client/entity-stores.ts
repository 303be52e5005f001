import type { EntityStore } from './entity-store.js'

/** So many stores are kept before it is looked for the first time which of them nobody holds any more. */
const sweepLeast = 100

/** Finds the same store for the same arguments. Those that nobody holds or listens to go, so that rendering many ids leaks nothing. */
export class EntityStores {
  private readonly stores = new Map<string, WeakRef<EntityStore>>()
  private sweepAt = sweepLeast

  get(key: string, make: () => EntityStore): EntityStore {
    const known = this.stores.get(key)?.deref()
    if (known !== undefined) return known
    if (this.stores.size >= this.sweepAt) this.sweep()
    const store = make()
    this.stores.set(key, new WeakRef(store))
    return store
  }

  get size(): number {
    return this.stores.size
  }

  private sweep(): void {
    for (const [key, store] of this.stores) if (store.deref() === undefined) this.stores.delete(key)
    this.sweepAt = Math.max(sweepLeast, 2 * this.stores.size)
  }
}
