import { Exact } from '#avro/decimal.js'
import { Instant } from '#avro/instant.js'
import type { Literal } from './literal.js'

/** The literals of a list, sorted by kind so that an event's value is looked up among them instead of compared with each. */
export class LiteralSet {
  /** Texts, numbers, booleans and null as they are. */
  private readonly plain: ReadonlySet<unknown>
  /** All numbers, also those written as texts. This set and the following are made when they are first needed. */
  private doubles: ReadonlySet<number> | undefined
  private instants: ReadonlySet<bigint> | undefined
  private readonly unscaled = new Map<number, ReadonlySet<bigint>>()

  constructor(readonly literals: readonly Literal[]) {
    this.plain = new Set(literals.map(({ value }) => value))
  }

  /** @param value a value of an event; a missing one equals null. */
  has(value: unknown): boolean {
    if (typeof value === 'number') return this.allDoubles().has(value)
    if (value instanceof Exact) return this.unscaledAt(value.scale).has(value.unscaled)
    if (value instanceof Instant) return this.allInstants().has(value.nanoseconds)
    return this.plain.has(value ?? null)
  }

  private allDoubles(): ReadonlySet<number> {
    return (this.doubles ??= new Set(this.literals.flatMap((literal) => literal.asNumber()?.double ?? [])))
  }

  private allInstants(): ReadonlySet<bigint> {
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
