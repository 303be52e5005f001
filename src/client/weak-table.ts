/** So many are kept before it is looked for the first time which of them nobody holds any more. */
const sweepLeast = 100

/** Gives the same thing for the same key as long as somebody holds it, so that asking for many leaks nothing. */
export function makeWeakTable<T extends object>(): (key: string, make: () => T) => T {
  const things = new Map<string, WeakRef<T>>()
  let sweepAt = sweepLeast
  return (key, make) => {
    const thing = things.get(key)?.deref() ?? make()
    if (things.size >= sweepAt) {
      for (const [other, ref] of things) if (!ref.deref()) things.delete(other)
      sweepAt = Math.max(sweepLeast, 2 * things.size)
    }
    things.set(key, new WeakRef(thing))
    return thing
  }
}
