import { type Finding, placeText } from './finding.js'
import { type Checked, junitText } from './junit-text.js'

/** How findings are written down. */
export const findingFormats = ['text', 'json', 'github', 'junit'] as const
export type FindingFormat = (typeof findingFormats)[number]

/** One run of a command. */
export interface CheckRun {
  /** The name of the check, for formats that have a place for it. */
  readonly check: string
  readonly findings: readonly Finding[]
  /** All that was checked, for formats that say what passed. */
  readonly checked: readonly Checked[]
  /** Whether warnings fail the check too. */
  readonly strict: boolean
}

export function findingText(format: FindingFormat, { check, findings, checked, strict }: CheckRun): string {
  switch (format) {
    case 'text':
      return findings.map(forPeople).join('') + summary(findings)
    case 'json':
      return `${JSON.stringify({ check, findings }, undefined, 2)}\n`
    case 'github':
      return findings.map(forGithub).join('')
    case 'junit':
      return junitText(check, checked, findings, ({ severity }) => strict || severity === 'error')
  }
}

function forPeople(finding: Finding): string {
  const { rule, severity, what, why, mend } = finding
  return `${placeText(finding)}: ${severity}: ${what} [${rule}]\n    ${why}\n    ${mend}\n`
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  return findings.length === 0 ? 'Nothing was found.\n' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.\n`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function forGithub({ rule, severity, file, line, what, why, mend }: Finding): string {
  const properties = [`file=${githubProperty(file)}`, ...(line === undefined ? [] : [`line=${line}`]), `title=${githubProperty(rule)}`]
  return `::${severity} ${properties.join()}::${githubText(`${what}\n${why}\n${mend}`)}\n`
}

function githubText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function githubProperty(text: string): string {
  return githubText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
