import type { Coverage } from '../../policy/case-findings.js'
import type { CaseResult, Reason } from '../../policy/case-run.js'
import type { Paint } from '../paint.js'
import { printable } from '#text/printable.js'
import { textTable } from '../text-table.js'

/** How many leaves are named: they are shown or hidden for the same reason, so more of them say nothing new. */
const pathsMax = 5

/** Says what a failed or broken case expected, what it got, and which rules decided. */
export function caseText(result: CaseResult, file: string, paint: Paint): string {
  const { name, line } = result.case
  const title = `${paint.gone('failed')}  ${printable(`${file}:${line}`)}  ${paint.strong(printable(name))}\n`
  if (result.outcome === 'broken') return `${title}${textTable([['cannot be run', printable(result.why)]], '  ')}`
  const rows = [['expected', result.expected], ['got', result.got], ...result.reasons.flatMap(reasonRows)]
  return (
    title +
    textTable(
      rows.map((row) => row.map(printable)),
      '  ',
    )
  )
}

/** @param file the policy's file. */
export function coverageText({ rules, undecided, percent }: Coverage, file: string, paint: Paint): string {
  const head = `${rules - undecided.length} of ${rules} rules decide something (${percent} %).`
  if (undecided.length === 0) return `${head}\n`
  const rows = undecided.map(({ rule, line }) => [paint.changed('undecided'), printable(`${file}:${line}`), printable(rule)])
  return `${head}\n${textTable(rows, '  ')}`
}

function reasonRows({ paths, shown, lines }: Reason): string[][] {
  const more = paths.length > pathsMax ? ` and ${paths.length - pathsMax} more` : ''
  const [first, ...rest] = lines
  return [[shown ? 'shown' : 'hidden', `${paths.slice(0, pathsMax).join(', ')}${more}: ${first!}`], ...rest.map((line) => ['', line])]
}
