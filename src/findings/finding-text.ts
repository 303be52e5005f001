import type { Finding } from './finding.js'

/** How findings are written down. */
export const findingFormats = ['text', 'json', 'github', 'junit'] as const
export type FindingFormat = (typeof findingFormats)[number]

/** All findings of one run of a command. @param check its name, for formats that have a place for it. */
export function findingText(format: FindingFormat, check: string, findings: readonly Finding[]): string {
  switch (format) {
    case 'text':
      return findings.map(forPeople).join('') + summary(findings)
    case 'json':
      return `${JSON.stringify({ check, findings }, undefined, 2)}\n`
    case 'github':
      return findings.map(forGithub).join('')
    case 'junit':
      return forJunit(check, findings)
  }
}

function forPeople(finding: Finding): string {
  const { rule, severity, what, why, mend } = finding
  return `${placeOf(finding)}: ${severity}: ${what} [${rule}]\n    ${why}\n    ${mend}\n`
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  return findings.length === 0 ? 'Nothing was found.\n' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.\n`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function placeOf({ file, line }: Finding): string {
  return line === undefined ? file : `${file}:${line}`
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function forGithub({ rule, severity, file, line, what, mend }: Finding): string {
  const properties = [`file=${githubProperty(file)}`, ...(line === undefined ? [] : [`line=${line}`]), `title=${githubProperty(rule)}`]
  return `::${severity} ${properties.join()}::${githubText(`${what} ${mend}`)}\n`
}

function githubText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function githubProperty(text: string): string {
  return githubText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** A case for each finding, as there is no other place for it; one that passes where there is none, as readers take no case for no run. */
function forJunit(check: string, findings: readonly Finding[]): string {
  const failures = findings.filter(({ severity }) => severity === 'error').length
  const cases = findings.length === 0 ? [`  <testcase classname=${xml(check)} name=${xml(check)}/>\n`] : findings.map(junitCase)
  const counts = `tests="${cases.length}" failures="${failures}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name=${xml(check)} ${counts}>\n${cases.join('')}</testsuite>\n`
}

function junitCase(finding: Finding): string {
  const { rule, severity, what, why, mend } = finding
  const words = xmlText(`${what}\n${why}\n${mend}`)
  const outcome = severity === 'error' ? `<failure message=${xml(what)}>${words}</failure>` : `<system-out>${words}</system-out>`
  return `  <testcase classname=${xml(rule)} name=${xml(`${placeOf(finding)}: ${what}`)}>${outcome}</testcase>\n`
}

function xml(value: string): string {
  return `"${xmlText(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

/** Characters that XML cannot hold in any way are left out. */
function xmlText(text: string): string {
  return text.replace(noXml, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
