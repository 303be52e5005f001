import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import type { Literal } from './literal.js'

/** Values of an event, sorted by kind so that a literal is looked up among 10,000 of them instead of compared with each. */
export class ValueKeys {
  /** Texts, booleans, null and numbers as they are. A literal text that writes a number is looked up as that number too. */
  private readonly plain = new Set<unknown>()
  private readonly instants = new Set<bigint>()
  private readonly unscaled = new Map<number, Set<bigint>>()

  constructor(values: readonly unknown[]) {
    for (const value of values) this.add(value)
  }

  has(literal: Literal): boolean {
    const { value } = literal
    if (this.plain.has(value)) return true
    return (typeof value === 'string' && (this.hasInstant(literal) || this.hasNumber(literal))) || this.hasExact(literal)
  }

  private add(value: unknown): void {
    if (value instanceof Instant) this.instants.add(value.nanoseconds)
    else if (value instanceof Exact) this.unscaledAt(value.scale).add(value.unscaled)
    else this.plain.add(value)
  }

  private unscaledAt(scale: number): Set<bigint> {
    let unscaled = this.unscaled.get(scale)
    if (unscaled === undefined) this.unscaled.set(scale, (unscaled = new Set()))
    return unscaled
  }

  private hasInstant(literal: Literal): boolean {
    if (this.instants.size === 0) return false
    const instant = literal.asInstant()
    return instant !== undefined && this.instants.has(instant.nanoseconds)
  }

  private hasNumber(literal: Literal): boolean {
    const double = literal.asNumber()?.double
    return double !== undefined && this.plain.has(double)
  }

  private hasExact(literal: Literal): boolean {
    if (this.unscaled.size === 0) return false
    const number = literal.asNumber()
    if (number === undefined) return false
    for (const [scale, unscaled] of this.unscaled) {
      const own = number.unscaledAt(scale)
      if (own !== undefined && unscaled.has(own)) return true
    }
    return false
  }
}
