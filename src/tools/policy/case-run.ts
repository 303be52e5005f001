// Runs the cases of a policy. Enters: a case, the policy and the schemas. Leaves: whether the case holds, and for each difference the rules
// that decide.
import { rolesOf } from '#policy/roles.js'
import { exactText } from '#text/exact-text.js'
import { valueAt } from '#policy/rules/value-at-path.js'
import { ConfigurationError } from '#errors.js'
import { leavesAskedFor } from './asked-leaves.js'
import type { PolicyCase } from './case-file.js'
import type { EntityEncoder } from './entity-encoder.js'
import { parseExactJson } from '#text/json-text.js'
import { explanationLines } from './outcome-text.js'
import type { EventExplanation, LeafExplanation, PolicyReading, User } from './policy-reading.js'
import { type Change, type Telling, tellingOf } from './telling.js'

export type CaseResult = { readonly case: PolicyCase } & (Comparison | Broken)

export interface Comparison {
  readonly outcome: 'passed' | 'failed'
  readonly expected: string
  readonly got: string
  /** The reasons of the differences; empty where the case holds. */
  readonly reasons: readonly Reason[]
}

/** A case that cannot be run. */
interface Broken {
  readonly outcome: 'broken'
  /** A sentence. */
  readonly why: string
}

/** Leaves that are shown or hidden for the same reason. */
export interface Reason {
  readonly paths: readonly string[]
  readonly shown: boolean
  /** A line for the rule that decides, then one for each that would have decided. */
  readonly lines: readonly string[]
}

export class CaseRunner {
  /** Which rules have decided about some leaf of some case. */
  readonly decided = new Set<string>()

  /** @param encoderOf throws ConfigurationError where there is no schema of the type. */
  constructor(
    private readonly reading: PolicyReading,
    private readonly encoderOf: (entityType: string) => EntityEncoder,
    private readonly rolesClaims: readonly string[],
  ) {}

  run(one: PolicyCase): CaseResult {
    try {
      return { case: one, ...this.compare(one) }
    } catch (error) {
      if (error instanceof ConfigurationError) return { case: one, outcome: 'broken', why: error.message }
      throw error
    }
  }

  private compare({ user, entity, event, before, expect }: PolicyCase): Comparison {
    const encoder = this.encoderOf(entity)
    const claims = asToken(user)
    const who = { roles: rolesOf(claims, this.rolesClaims), claims }
    const after = event && this.explain(encoder, who, event, 'event')
    const change = { before: before && this.explain(encoder, who, before, 'before'), after }
    if (typeof expect === 'string') return compareTelling(expect, change)
    return isList(expect) ? compareFields(fieldsOf(expect, encoder), after) : compareData(expect, after)
  }

  private explain(encoder: EntityEncoder, user: User, json: unknown, name: string): EventExplanation {
    const explanation = this.reading.explain(user, encoder.encode(json, name))
    for (const { by } of explanation.leaves) if (by !== undefined) this.decided.add(by.rule)
    return explanation
  }
}

function compareTelling(expected: Telling, { before, after }: Change): Comparison {
  const got = tellingOf({ before, after })
  return result(expected === got, expected, got, [...reasonsOf(after?.leaves ?? []), ...reasonsOf(before?.leaves ?? [], 'before: ')])
}

/** What a deleted entity shows. */
const nothing: EventExplanation = { leaves: [], sent: undefined }

function compareFields(expected: readonly string[], { leaves, sent } = nothing): Comparison {
  const got = sent === undefined ? [] : leaves.filter(({ shown }) => shown).map(({ path }) => path)
  const others = leaves.filter(({ path }) => expected.includes(path) !== got.includes(path))
  const [wanted, shown] = [JSON.stringify(expected), JSON.stringify(got)]
  return result(wanted === shown, wanted, shown, reasonsOf(others))
}

function compareData(expected: object, { leaves, sent = '{}' } = nothing): Comparison {
  const got = parseExactJson(sent, (why) => new ConfigurationError(`What is sent ${why}.`))
  const others = leaves.filter(({ path }) => canonical(valueAt(expected, path)) !== canonical(valueAt(got, path)))
  return result(canonical(expected) === canonical(got), canonical(expected), canonical(got), reasonsOf(others))
}

function result(isSame: boolean, expected: string, got: string, reasons: readonly Reason[]): Comparison {
  return { outcome: isSame ? 'passed' : 'failed', expected, got, reasons: isSame ? [] : reasons }
}

function reasonsOf(leaves: readonly LeafExplanation[], prefix = ''): Reason[] {
  const byText = new Map<string, { paths: string[]; shown: boolean; lines: string[] }>()
  for (const leaf of leaves) {
    const lines = explanationLines(leaf)
    const key = JSON.stringify([leaf.shown, lines])
    const reason = byText.get(key) ?? { paths: [], shown: leaf.shown, lines }
    byText.set(key, { ...reason, paths: [...reason.paths, prefix + leaf.path] })
  }
  return [...byText.values()]
}

/** The leaves that patterns name, as they do in rules. @throws ConfigurationError where one names none. */
function fieldsOf(patterns: readonly string[], { schema }: EntityEncoder): string[] {
  const leaves = patterns.map((text) => {
    const named = leavesAskedFor(text, schema)
    if (typeof named === 'string') throw new ConfigurationError(`"${text}" ${named}.`)
    return named
  })
  return [...new Set(leaves.flat())].sort((one, other) => one - other).map((leaf) => schema.leaves[leaf]!)
}

/** Rounds integers as JSON's own parser does, which reads tokens. */
function asToken(user: PolicyCase['user']): User['claims'] {
  return JSON.parse(canonical(user)) as User['claims']
}

/** JSON with the members in the order of the alphabet, and all digits of integers. */
function canonical(value: unknown): string {
  return value === undefined ? 'nothing' : exactText(value, (object) => Object.keys(object).sort())
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
