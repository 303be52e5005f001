/** What a check of files has found: the same for people, for machines and for a code review. */

/** An error fails the check; a warning does so with `--strict` alone. */
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
  /** What is so, a sentence. */
  readonly what: string
  /** Why that is a problem, a sentence. */
  readonly why: string
  /** How to mend it, a sentence. */
  readonly mend: string
}

/** The rules of one room by the part of their id after the slash: what is always the same about their findings. */
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

/** Those that `findingsOf` gives the findings of a table. */
export function ruleIdsOf(prefix: string, table: RuleTable): string[] {
  return Object.keys(table).map((rule) => `${prefix}/${rule}`)
}

/** As people and editors read it: `order.avsc:3`. */
export function placeText({ file, line }: FindingPlace): string {
  return line === undefined ? file : `${file}:${line}`
}
