/** One object for each key, for as long as it is in use. Audiences come and go with their users, so that this table needs no limit. */
export class WeakTable<V extends object> {
  private readonly entries = new Map<string, WeakRef<V>>()
  private readonly forgotten = new FinalizationRegistry<string>((key) => {
    // The key may have been made again in the meantime.
    if (this.entries.get(key)?.deref() === undefined) this.entries.delete(key)
  })

  get size(): number {
    return this.entries.size
  }

  get(key: string, make: () => V): V {
    const known = this.entries.get(key)?.deref()
    if (known !== undefined) return known
    const made = make()
    this.entries.set(key, new WeakRef(made))
    this.forgotten.register(made, key)
    return made
  }
}
