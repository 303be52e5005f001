import type { EntityData } from '#avro/entity-data.js'
import type { EntitySchema, LeafSet } from '#avro/entity-schema.js'
import type { BoundCondition } from '../rules/condition.js'
import { type EventValues, nothing, type SharedExtraction } from './extraction-table.js'
import type { LeafVerdict } from './leaf-verdict.js'
import type { Mask } from '../rights.js'
import type { AppliedRule } from '../rules/rule.js'
import type { SchemaTables } from './schema-tables.js'

/**
 * An outcome takes a few hundred bytes. Ten conditions have no more outcomes than this; of more conditions only some combinations occur.
 */
const outcomesMax = 2048

/** How a set of rules judges the events of one schema: which conditions matter, and which mask their outcomes select. */
export class Decision {
  /** The rules whose conditions matter to some leaf. They are evaluated once an event, in this order. */
  private readonly asked: readonly number[]
  private readonly extraction: SharedExtraction | undefined
  private outcomes: Outcome
  private outcomeCount = 0

  constructor(
    readonly schema: EntitySchema,
    private readonly rules: readonly AppliedRule[],
    private readonly verdicts: readonly LeafVerdict[],
    private readonly tables: SchemaTables,
  ) {
    this.asked = [...new Set(verdicts.flatMap(({ steps }) => steps.map((step) => step.rule)))]
    const paths = this.asked.flatMap((rule) => this.rules[rule]!.condition!.paths)
    if (this.asked.length > 0) this.extraction = tables.extractions.sharedExtraction(schema, paths)
    this.outcomes = this.newOutcome([])
  }

  canShowSome(): boolean {
    return this.verdicts.some(canShow)
  }

  leavesPerhapsShown(): LeafSet {
    return new Set(this.verdicts.flatMap((verdict, leaf) => (canShow(verdict) ? [leaf] : [])))
  }

  alwaysShowsSome(): boolean {
    return this.verdicts.some(({ steps, otherwise }) => steps.length === 0 && otherwise)
  }

  /** Whether the leaf is shown of all versions; or, where a rule that shows is given, of all that meet its condition. */
  alwaysShows(leaf: number, rule?: number): boolean {
    const { steps, otherwise } = this.verdicts[leaf]!
    const at = steps.findIndex((step) => step.rule === rule && step.shows)
    return at === -1 ? steps.length === 0 && otherwise : steps.slice(0, at).every(({ shows }) => shows)
  }

  /**
   * The rules whose conditions matter to some leaf and can be decided for this event. Of rules with equal conditions that all show, or all
   * hide, only the first is asked.
   */
  askedFor(values: EventValues): readonly number[] {
    return values.unknown.size === 0 ? this.asked : this.asked.filter((rule) => !this.isUndecided(rule, values))
  }

  /** The event's values that the conditions of all these rules ask for. @throws BadRecordError */
  valuesOf(data: EntityData): EventValues {
    return this.extraction?.valuesOf(data) ?? nothing
  }

  /** @param conditions the conditions of all rules, with their claims filled in. @throws BadRecordError */
  decide(data: EntityData, conditions: readonly (BoundCondition | undefined)[]): Mask | undefined {
    let outcome = this.outcomes
    if (this.extraction !== undefined) {
      const values = this.extraction.valuesOf(data)
      for (const rule of this.asked) {
        const holds = this.isUndecided(rule, values) ? !this.rules[rule]!.shows : conditions[rule]!.test(values.judged)
        outcome = (holds ? outcome.held : outcome.failed) ?? this.grow(outcome, holds)
      }
    }
    if (outcome.mask === null) outcome.mask = this.maskWhere(outcome.holds)
    return outcome.mask
  }

  /**
   * Whether the event leaves the rule undecided. Then a rule that shows does not apply, and one that hides applies without its condition.
   */
  private isUndecided(rule: number, { unknown }: EventValues): boolean {
    return unknown.size > 0 && this.rules[rule]!.condition!.paths.some((path) => unknown.has(path))
  }

  private grow(from: Outcome, holds: boolean): Outcome {
    const next = this.newOutcome([...from.holds, holds])
    if (this.outcomeCount++ === outcomesMax) {
      this.outcomes = this.newOutcome([])
      this.outcomeCount = 0
    } else if (holds) from.held = next
    else from.failed = next
    return next
  }

  private newOutcome(holds: readonly boolean[]): Outcome {
    return { holds, held: undefined, failed: undefined, mask: null }
  }

  private maskWhere(holds: readonly boolean[]): Mask | undefined {
    const holding = new Set(this.asked.filter((_rule, index) => holds[index]))
    const leaves = this.verdicts.flatMap(({ steps, otherwise }, leaf) => {
      const shows = steps.find(({ rule }) => holding.has(rule))?.shows ?? otherwise
      return shows ? [leaf] : []
    })
    return this.tables.masks.sharedMask(this.schema, leaves)
  }
}

/** A verdict with steps can go either way, as its last step decides against `otherwise`. */
function canShow({ steps, otherwise }: LeafVerdict): boolean {
  return steps.length > 0 || otherwise
}

/** A node of the tree of outcomes: one level for each condition, and the mask at the end. */
interface Outcome {
  readonly holds: readonly boolean[]
  held: Outcome | undefined
  failed: Outcome | undefined
  /** Null until it is asked for; undefined where no leaf is visible. */
  mask: Mask | undefined | null
}
