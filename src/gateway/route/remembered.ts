/**
 * What was read once is not read again. A class, as one is made for each event of a type with collections: a literal with a generator of its
 * own took 4.7 µs of CPU in place of 0.5.
 */
export class Remembered<T> implements Iterable<T> {
  private readonly known: T[] = []
  private readonly rest: Iterator<T>

  constructor(items: Iterable<T>) {
    this.rest = items[Symbol.iterator]()
  }

  *[Symbol.iterator](): Generator<T> {
    const { known, rest } = this
    for (let at = 0; ; at++) {
      if (at === known.length) {
        const next = rest.next()
        if (next.done === true) return
        known.push(next.value)
      }
      yield known[at]!
    }
  }
}
