/** One thing that a check has found. It says the same to people, to machines and in a code review. */

/** An error fails the check. A warning fails it only with `--strict`. */
export type Severity = 'error' | 'warning'

/** Where it is: `line` counts from 1. */
export interface FindingPlace {
  readonly file: string
  readonly line?: number | undefined
}

export interface Finding extends FindingPlace {
  /** Stable, so that it can be switched off: `policy/unknown-field`. */
  readonly rule: string
  readonly severity: Severity
  /** The fact, as a sentence. */
  readonly what: string
  /** Why the fact is a problem, as a sentence. */
  readonly why: string
  /** How to mend it, as a sentence. */
  readonly mend: string
}

/** The rules of one check, by the part of their id after the slash, with all that is the same for each of their findings. */
export type RuleTable = Readonly<Record<string, Pick<Finding, 'severity' | 'why' | 'mend'>>>

/** Makes the findings of a table of rules. @param prefix before the slash of their ids. */
export function findingsOf<T extends RuleTable>(
  prefix: string,
  table: T,
): (rule: keyof T & string, place: FindingPlace, what: string) => Finding {
  return (rule, { file, line }, what) => {
    const { severity, why, mend } = table[rule]!
    return { rule: `${prefix}/${rule}`, severity, file, ...(line !== undefined && { line }), what, why, mend }
  }
}

/** The ids of all rules of a table. */
export function ruleIdsOf(prefix: string, table: RuleTable): string[] {
  return Object.keys(table).map((rule) => `${prefix}/${rule}`)
}

/** As people and editors read it: `order.avsc:3`. */
export function placeText({ file, line }: FindingPlace): string {
  return line === undefined ? file : `${file}:${line}`
}
