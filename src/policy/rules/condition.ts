import { type Anchor, anchorsOf, literalsAt } from './anchor.js'
import { ClaimSlot } from './claim-slot.js'
import { comparisonsOf } from './comparison.js'
import { type ConditionTest, compileQuery } from './compile-query.js'
import { type Doubt, doubtsOf } from './doubt.js'
import { Literal } from './literal.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { UserClaims } from '../claim-path.js'

/** A checked condition of the policy file: literals are marked, and the places for claims are still open. */
export type Query = Literal | ClaimSlot | boolean | number | readonly Query[] | { readonly [key: string]: Query }

/** A condition with one user's claims filled in. */
export type BoundQuery = Literal | boolean | number | readonly BoundQuery[] | { readonly [key: string]: BoundQuery }

/** The condition of a rule, shared by all users. Bound to a user's claims it is a `BoundCondition`. */
export class Condition {
  /** Whether the condition refers to claims. */
  readonly isOpen: boolean
  /** Each anchor alone rules out most users. */
  readonly anchors: readonly Anchor[]
  private shared: BoundCondition | undefined

  constructor(
    private readonly query: Query,
    /** Every path that the condition asks for. */
    readonly paths: readonly string[],
  ) {
    this.isOpen = fill(query, {}) === undefined
    this.anchors = anchorsOf(query)
  }

  /** Undefined where the token lacks a claim that the condition refers to. */
  bind(claims: UserClaims): BoundCondition | undefined {
    if (this.shared !== undefined) return this.shared
    const query = fill(this.query, claims)
    if (query === undefined) return undefined
    const bound = new BoundCondition(query, this.paths)
    // No claim was open, so that the same condition holds for everybody.
    if (query === this.query) this.shared = bound
    return bound
  }

  /** The reasons why the schema leaves this condition undecided for every user, whatever the claims are. */
  doubtsIn(schema: EntitySchema): Doubt[] {
    return doubtsOf(this.query, schema)
  }

  toJSON(): Query {
    return this.query
  }
}

export class BoundCondition {
  private compiled: ConditionTest | undefined
  private kindsText: string | undefined

  constructor(
    private readonly query: BoundQuery,
    readonly paths: readonly string[],
  ) {}

  /** Compiled when it is first asked for, as many subscribers share an audience that has a compiled one already. */
  get test(): ConditionTest {
    return (this.compiled ??= compileQuery(this.query))
  }

  /** The kinds of all literals. A schema decides the conditions of two users with the same kinds alike. */
  get kinds(): string {
    return (this.kindsText ??= kindsIn(this.query))
  }

  /** The reasons why the schema leaves the condition undecided. One is enough for the whole condition. */
  doubtsIn(schema: EntitySchema): Doubt[] {
    return doubtsOf(this.query, schema)
  }

  /** @param anchor an anchor of the condition from which this one was bound. */
  literalsAt(anchor: Anchor): readonly Literal[] {
    return literalsAt(this.query, anchor)
  }

  toJSON(): BoundQuery {
    return this.query
  }
}

function kindsIn(query: BoundQuery): string {
  const kinds = comparisonsOf(query).map(({ operands }) =>
    [...new Set(operands.map((operand) => (operand as Literal).kind))].sort().join('|'),
  )
  return kinds.join()
}

/**
 * Fills in the claims; the query itself where none is open. Claims become literals and nothing else, so that they cannot become operators.
 */
function fill(query: Query, claims: UserClaims): BoundQuery | undefined {
  if (query instanceof ClaimSlot) return query.fill(claims)
  if (typeof query !== 'object' || query instanceof Literal) return query
  const keys = Object.keys(query)
  const before = Object.values<Query>(query)
  const after = before.map((part) => fill(part, claims))
  if (!after.every((part) => part !== undefined)) return undefined
  if (after.every((part, index) => part === before[index])) return query as BoundQuery
  return Array.isArray(query) ? after : Object.fromEntries(keys.map((key, index) => [key, after[index]!]))
}
