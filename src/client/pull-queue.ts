/** What an iterator has not taken yet. */
export interface PullQueue<T> {
  readonly items: T[]
  readonly iterator: AsyncIterableIterator<T>
  /** Hands out what there is to those who wait. */
  readonly serve: () => void
  /** Nothing follows. The error is told once. */
  readonly end: (error?: unknown) => void
}

interface Taker<T> {
  readonly resolve: (result: IteratorResult<T>) => void
  readonly reject: (error: unknown) => void
}

/**
 * @param taken with each item that is handed out
 * @param left when nobody wants more
 */
export function makePullQueue<T>(taken: (item: T) => void, left: () => void): PullQueue<T> {
  const items: T[] = []
  const takers: Taker<T>[] = []
  let ending: { readonly error?: unknown } | undefined
  const serve = (): void => {
    for (let taker; (items.length > 0 || ending) && (taker = takers.shift());) {
      if (items.length > 0) {
        const value = items.shift()!
        taken(value)
        taker.resolve({ done: false, value })
      } else {
        const { error } = ending!
        ending = {}
        if (error === undefined) taker.resolve({ done: true, value: undefined })
        else taker.reject(error)
      }
    }
  }
  const end = (error?: unknown): void => {
    ending ??= { error }
    serve()
  }
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () =>
      new Promise((resolve, reject) => {
        takers.push({ resolve, reject })
        serve()
      }),
    return() {
      items.length = 0
      ending = {}
      serve()
      left()
      return Promise.resolve({ done: true, value: undefined })
    },
  }
  return { items, iterator, serve, end }
}
