import { createHash } from 'node:crypto'
import { RuleAudience } from './rule-audience.js'
import type { UserClaims } from '../claim-path.js'
import type { Audience, Rights } from '../rights.js'
import { type BoundRule, RuleSet } from './rule-set.js'
import type { AppliedRule, Rule } from '../rules/rule.js'
import { nobodyWatches, type UndecidedWatch } from '../undecided.js'
import { SchemaTables } from './schema-tables.js'
import { WeakTable } from './weak-table.js'

/** One user's rights: the rules of the user's roles, with the token's claims filled in when a type is first asked for. */
export class RoleRights implements Rights {
  private readonly known = new Map<string, Audience | undefined>()

  constructor(
    private readonly rules: readonly Rule[],
    private readonly claims: UserClaims,
    private readonly audiences: AudienceTable,
  ) {}

  audienceOf(entityType: string): Audience | undefined {
    const rules = this.rules.filter((rule) => rule.entityTypes.has(entityType))
    // Only types of the policy are remembered, as clients may ask for any number of others.
    if (rules.length === 0) return undefined
    if (!this.known.has(entityType))
      this.known.set(entityType, this.audiences.sharedAudience(entityType, this.audiences.bind(rules, this.claims)))
    return this.known.get(entityType)
  }
}

/**
 * All audiences of a policy. Users whose rules differ only by claims of the same kinds share one set of rules, with the claims still open.
 * Most of what is compiled belongs to the set, so that a user with a rule about own rows adds little more than the values of the claims.
 */
export class AudienceTable {
  private readonly ruleSets = new WeakTable<RuleSet>()
  private readonly audiences = new WeakTable<Audience>()
  private readonly tables: SchemaTables

  constructor(private readonly watch: UndecidedWatch = nobodyWatches) {
    this.tables = new SchemaTables(watch)
  }

  /** The number of audiences in use, or lately in use. */
  get size(): number {
    return this.audiences.size
  }

  /** How many sets of leaves its audiences were shown. */
  get masks(): number {
    return this.tables.masks.size
  }

  /** Fills in the claims. Where the token lacks one, a rule that shows does not apply, and one that hides applies without its condition. */
  bind(rules: readonly Rule[], claims: UserClaims): BoundRule[] {
    return rules.flatMap((origin) => {
      const { shows, patterns, condition } = origin
      const bound = condition?.bind(claims)
      if (condition === undefined || bound !== undefined) return [{ origin, shows, patterns, condition, bound }]
      this.watch.byClaims(origin)
      return shows ? [] : [{ origin, shows, patterns, condition: undefined, bound }]
    })
  }

  sharedAudience(entityType: string, rules: readonly BoundRule[]): Audience | undefined {
    if (!rules.some((rule) => rule.shows)) return undefined
    const key = digest(entityType, rules, ({ bound }) => bound)
    return this.audiences.get(
      key,
      () =>
        new RuleAudience(
          key,
          this.sharedRuleSet(entityType, rules),
          rules.map((rule) => rule.bound),
        ),
    )
  }

  private sharedRuleSet(entityType: string, rules: readonly BoundRule[]): RuleSet {
    const key = digest(entityType, rules, ({ condition, bound }) => condition && [condition, bound?.kinds])
    return this.ruleSets.get(key, () => new RuleSet(entityType, rules, this.tables))
  }
}

/** A digest of the rules: written out, those of 100,000 users would take more memory than everything else about them. */
function digest<R extends AppliedRule>(entityType: string, rules: readonly R[], conditionOf: (rule: R) => unknown) {
  const parts = rules.map((rule) => [rule.shows, rule.patterns, conditionOf(rule) ?? null])
  return createHash('sha256')
    .update(JSON.stringify([entityType, parts]))
    .digest('base64')
}
