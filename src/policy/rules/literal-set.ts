import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import type { Literal } from './literal.js'

/** The literals of a list, by what makes an event's value equal to one of them: each value is looked up, not compared with each literal. */
export class LiteralSet {
  /** Texts, numbers, booleans and null, which are themselves. */
  private readonly plain: ReadonlySet<unknown>
  /** The numbers that texts write, too. Made when a number is first met, as what follows. */
  private doubles: ReadonlySet<number> | undefined
  private instants: ReadonlySet<bigint> | undefined
  private readonly unscaled = new Map<number, ReadonlySet<bigint>>()

  constructor(readonly literals: readonly Literal[]) {
    this.plain = new Set(literals.map(({ value }) => value))
  }

  /** @param value of an event; what is missing equals null. */
  has(value: unknown): boolean {
    if (typeof value === 'number') return this.doublesOf().has(value)
    if (value instanceof Exact) return this.unscaledAt(value.scale).has(value.unscaled)
    if (value instanceof Instant) return this.instantsOf().has(value.nanoseconds)
    return this.plain.has(value ?? null)
  }

  private doublesOf(): ReadonlySet<number> {
    return (this.doubles ??= new Set(this.literals.flatMap((literal) => literal.asNumber()?.double ?? [])))
  }

  private instantsOf(): ReadonlySet<bigint> {
    return (this.instants ??= new Set(this.literals.flatMap((literal) => literal.asInstant()?.nanoseconds ?? [])))
  }

  private unscaledAt(scale: number): ReadonlySet<bigint> {
    let unscaled = this.unscaled.get(scale)
    if (unscaled === undefined) {
      unscaled = new Set(this.literals.flatMap((literal) => literal.asNumber()?.unscaledAt(scale) ?? []))
      this.unscaled.set(scale, unscaled)
    }
    return unscaled
  }
}
