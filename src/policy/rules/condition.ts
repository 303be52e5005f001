import { type Anchor, anchorsOf, literalsAt } from './anchor.js'
import { ClaimSlot } from './claim-slot.js'
import { comparisonsOf } from './comparison.js'
import { type ConditionTest, compileQuery } from './compile-query.js'
import { type Doubt, doubtsOf } from './doubt.js'
import { Literal } from './literal.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { Claims } from '../rights.js'

/** A condition as the policy file has it, checked: literals are marked, and what claims fill is still open. */
export type Query = Literal | ClaimSlot | boolean | number | readonly Query[] | { readonly [key: string]: Query }

/** The same with the claims of one user filled in. */
export type BoundQuery = Literal | boolean | number | readonly BoundQuery[] | { readonly [key: string]: BoundQuery }

/** The condition of a rule, shared by all users; what a user's claims make of it is a `BoundCondition`. */
export class Condition {
  /** Whether claims have a say in it. */
  readonly isOpen: boolean
  /** Of which each alone says of most users that the condition does not hold for them. */
  readonly anchors: readonly Anchor[]
  private shared: BoundCondition | undefined

  constructor(
    private readonly query: Query,
    /** Every path that it asks for. */
    readonly paths: readonly string[],
  ) {
    this.isOpen = fill(query, {}) === undefined
    this.anchors = anchorsOf(query)
  }

  /** Undefined where the token lacks a claim that the condition refers to. */
  bind(claims: Claims): BoundCondition | undefined {
    if (this.shared !== undefined) return this.shared
    const query = fill(this.query, claims)
    if (query === undefined) return undefined
    const bound = new BoundCondition(query, this.paths)
    // Nothing was open: the same condition holds for everybody.
    if (query === this.query) this.shared = bound
    return bound
  }

  /** Why nobody's rule with this condition can be decided by the schema, whatever their claims are. */
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

  /** Compiled when it is first asked for: many subscribers share an audience that has its own already. */
  get test(): ConditionTest {
    return (this.compiled ??= compileQuery(this.query))
  }

  /** The kinds of all that is compared: of two users with the same, a schema decides for both or for neither. */
  get kinds(): string {
    return (this.kindsText ??= kindsIn(this.query))
  }

  /** Why it cannot be decided by the schema: it is undecided as a whole where there is one reason. */
  doubtsIn(schema: EntitySchema): Doubt[] {
    return doubtsOf(this.query, schema)
  }

  /** @param anchor of the condition that this one has been bound from. */
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

/** The query itself where nothing in it is open. Claims become literals and nothing else: they cannot become operators. */
function fill(query: Query, claims: Claims): BoundQuery | undefined {
  if (query instanceof ClaimSlot) return query.fill(claims)
  if (typeof query !== 'object' || query instanceof Literal) return query
  const keys = Object.keys(query)
  const before = Object.values<Query>(query)
  const after = before.map((part) => fill(part, claims))
  if (!after.every((part) => part !== undefined)) return undefined
  if (after.every((part, index) => part === before[index])) return query as BoundQuery
  return Array.isArray(query) ? after : Object.fromEntries(keys.map((key, index) => [key, after[index]!]))
}
