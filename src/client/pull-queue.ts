/** What an iterator has not taken yet, and who waits for more. */
export class PullQueue<T> implements AsyncIterableIterator<T> {
  readonly items: T[] = []
  private readonly takers: { readonly resolve: (result: IteratorResult<T>) => void; readonly reject: (error: unknown) => void }[] = []
  private ending: { readonly error: unknown } | undefined

  /**
   * @param taken with each item that is handed out
   * @param left when nobody wants more
   */
  constructor(
    private readonly taken: (item: T) => void,
    private readonly left: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.takers.push({ resolve, reject })
      this.serve()
    })
  }

  return(): Promise<IteratorResult<T>> {
    this.items.length = 0
    this.end(undefined)
    this.left()
    return this.next()
  }

  end(error: unknown): void {
    this.ending ??= { error }
    this.serve()
  }

  /** Hands out what there is to those who wait. The error is told once. */
  serve(): void {
    for (let taker; (this.items.length > 0 || this.ending) && (taker = this.takers.shift());) {
      if (this.items.length > 0) {
        const item = this.items.shift()!
        this.taken(item)
        taker.resolve({ done: false, value: item })
      } else if (this.ending?.error === undefined) taker.resolve({ done: true, value: undefined })
      else {
        taker.reject(this.ending.error)
        this.ending = { error: undefined }
      }
    }
  }
}
