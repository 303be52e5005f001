import type { EntitySchema } from '#avro/entity-schema.js'
import type { Log } from '#log.js'
import { Meter } from '../observe/meter.js'
import type { Doubt } from '#policy/rules/doubt.js'
import { doubtText } from '#policy/rules/doubt-text.js'
import type { Rule } from '#policy/rules/rule.js'
import type { UndecidedWatch } from '#policy/undecided.js'

/**
 * The limit of lines for one rule. Each version of a schema may leave its condition undecided for another reason; beyond the limit nothing
 * is logged.
 */
const linesPerRuleMax = 100

/**
 * Logs once for each rule and schema that the rule's condition cannot be decided, and counts the conditions that claims and events leave
 * undecided.
 */
export class UndecidedNotices implements UndecidedWatch {
  private readonly said = new WeakMap<Rule, Set<string>>()

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
  ) {}

  /** Logs the conditions that are undecided for every user when the schema becomes known, before any user is affected. */
  noteAll(rules: readonly Rule[], schema: EntitySchema): void {
    for (const rule of rules) {
      const doubts = rule.entityTypes.has(schema.entityType) ? (rule.condition?.doubtsIn(schema) ?? []) : []
      if (doubts.length > 0) this.bySchema(rule, schema, doubts)
    }
  }

  bySchema(rule: Rule, schema: EntitySchema, [doubt]: readonly Doubt[]): void {
    const [own] = rule.condition?.doubtsIn(schema) ?? []
    if (own === undefined) Meter.count(this.meter.conditionsUndecided, 'claims')
    // The log must not show what a claim holds.
    const why = own === undefined ? `compares "${doubt!.comparison.path}" with a claim of another kind` : doubtText(own)
    const effect = rule.shows ? 'The rule shows nothing' : 'The rule hides what it names, whatever an event holds'
    this.sayOnce(rule, `${rule.place.words} cannot be decided for "${schema.entityType}": its condition ${why}. ${effect}.`)
  }

  byClaims(): void {
    Meter.count(this.meter.conditionsUndecided, 'claims')
  }

  byEvent(): void {
    Meter.count(this.meter.conditionsUndecided, 'event')
  }

  private sayOnce(rule: Rule, message: string): void {
    const said = this.said.get(rule) ?? new Set<string>()
    this.said.set(rule, said)
    if (said.has(message) || said.size === linesPerRuleMax) return
    said.add(message)
    this.log.warn({}, message)
  }
}
