import { type Finding, type FindingPlace, placeText } from './finding.js'

/** One thing that a check has looked at: a file, a topic, or an entry at a line of a file. */
export interface Checked extends FindingPlace {
  readonly name: string
}

/**
 * Writes a case for each thing that was checked. It passes where nothing fails in it, so that dashboards show what was checked, and that a
 * failed case passes again. All failures of a case stand in one, as readers take only one of each. https://github.com/testmoapp/junitxml
 * @param fails whether a finding fails the check. Other findings are told as output of the case.
 */
export function junitText(
  check: string,
  checked: readonly Checked[],
  findings: readonly Finding[],
  fails: (finding: Finding) => boolean,
): string {
  const cases = casesOf(check, checked, findings).map(({ thing, found }) => {
    const failures = found.filter(fails)
    const told = found.filter((one) => !fails(one))
    return { failed: failures.length > 0, text: caseText(check, thing, failures, told) }
  })
  const counts = `tests="${cases.length}" failures="${cases.filter(({ failed }) => failed).length}"`
  const body = cases.map(({ text }) => text).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name=${xml(check)} ${counts}>\n${body}</testsuite>\n`
}

interface Case {
  readonly thing: Checked
  readonly found: Finding[]
}

/** Findings at other places get further cases. Without any there is still one case, as readers take a file without cases for no run. */
function casesOf(check: string, checked: readonly Checked[], findings: readonly Finding[]): Case[] {
  const cases = checked.map((thing): Case => ({ thing, found: [] }))
  for (const finding of findings) {
    const known = cases.find(({ thing }) => isAbout(thing, finding))
    if (known !== undefined) known.found.push(finding)
    else cases.push({ thing: { name: finding.file, file: finding.file }, found: [finding] })
  }
  return cases.length > 0 ? cases : [{ thing: { name: check, file: '' }, found: [] }]
}

function isAbout({ file, line }: Checked, finding: Finding): boolean {
  return file === finding.file && (line === undefined || line === finding.line)
}

function caseText(check: string, { name, file }: Checked, failures: readonly Finding[], told: readonly Finding[]): string {
  const place = file === '' ? '' : ` file=${xml(file)}`
  const head = `  <testcase classname=${xml(check)} name=${xml(name)}${place}`
  if (failures.length + told.length === 0) return `${head}/>\n`
  return `${head}>\n${failureText(failures)}${told.length > 0 ? `    <system-out>${wordsOf(told)}</system-out>\n` : ''}  </testcase>\n`
}

function failureText(failures: readonly Finding[]): string {
  const [first, ...more] = failures
  if (first === undefined) return ''
  const message = more.length > 0 ? `${first.what} (and ${more.length} more)` : first.what
  return `    <failure type=${xml(first.rule)} message=${xml(message)}>${wordsOf(failures)}</failure>\n`
}

function wordsOf(findings: readonly Finding[]): string {
  return xmlText(
    findings.map((one) => `${placeText(one)}: ${one.severity}: ${one.what} [${one.rule}]\n${one.why}\n${one.mend}`).join('\n\n'),
  )
}

function xml(value: string): string {
  return `"${xmlText(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`
}

/** https://www.w3.org/TR/xml/#charsets */
const noXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

/** Characters that XML cannot hold in any way are left out. */
function xmlText(text: string): string {
  return text.replace(noXml, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
