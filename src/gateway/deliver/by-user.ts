/** Things of users (`sub`). Most users have one thing, for which no set is made. */
export class ByUser<T extends object> {
  private readonly users = new Map<string, T | Set<T>>()

  count(sub: string): number {
    const held = this.users.get(sub)
    if (held === undefined) return 0
    return held instanceof Set ? held.size : 1
  }

  /** Those that the user has now. */
  of(sub: string): readonly T[] {
    const held = this.users.get(sub)
    if (held === undefined) return []
    return held instanceof Set ? [...held] : [held]
  }

  add(sub: string, one: T): void {
    const held = this.users.get(sub)
    if (held === undefined) this.users.set(sub, one)
    else if (held instanceof Set) held.add(one)
    else this.users.set(sub, new Set([held, one]))
  }

  /** A user who has left must cost nothing: users come and go for as long as the process runs. */
  remove(sub: string, one: T): void {
    const held = this.users.get(sub)
    if (held === one || (held instanceof Set && held.delete(one) && held.size === 0)) this.users.delete(sub)
  }
}
