/** What was read once is not read again. */
export function remembered<T>(items: Iterable<T>): Iterable<T> {
  const rest = items[Symbol.iterator]()
  const known: T[] = []
  return {
    *[Symbol.iterator]() {
      for (let at = 0; ; at++) {
        if (at === known.length) {
          const next = rest.next()
          if (next.done === true) return
          known.push(next.value)
        }
        yield known[at]!
      }
    },
  }
}
