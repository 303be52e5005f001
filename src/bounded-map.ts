/** A map with a limit: beyond it the entry that was set longest ago is forgotten. To set a key anew counts. */
export class BoundedMap<K, V> extends Map<K, V> {
  /** @param max entries, at least one. */
  constructor(private readonly max: number) {
    super()
  }

  override set(key: K, value: V): this {
    this.delete(key)
    if (this.size === this.max) this.delete(this.keys().next().value!)
    return super.set(key, value)
  }
}
