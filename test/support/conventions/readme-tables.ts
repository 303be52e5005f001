import { exitCodes, exitMeanings } from '#tools/cli/exit-codes.js'
import { allowedValues } from '#config/variable-value.js'
import { variables, type Variable } from '#config/variables.js'
import { closeCodes, httpErrors, protocolErrors } from '#protocol/codes.js'
import { benchResults } from './bench-results.js'
import { publishFailures } from '#publisher/publish-error.js'

/** Tables of the manuals that are made from code or from the bench's results, by the name in the comment before each. First row: the headings. */
export const readmeTables: Readonly<Record<string, readonly (readonly string[])[]>> = {
  configuration: [
    ['Variable', 'Default', 'May be', 'Meaning'],
    ...Object.entries<Variable>(variables).map(([name, variable]) => [
      `\`${name}\``,
      variable.default === undefined ? '' : `\`${variable.default}\``,
      allowedValues(variable),
      variable.meaning,
    ]),
  ],
  errors: [['Code', 'Message'], ...Object.entries(protocolErrors).map(([code, message]) => [`\`${code}\``, message])],
  closes: [
    ['Code', 'Name', 'Reason'],
    ...Object.entries(closeCodes).map(([name, { code, reason }]) => [String(code), `\`${name}\``, reason]),
  ],
  http: [
    ['Status', 'Error', 'Message'],
    ...Object.entries(httpErrors).map(([error, { status, message }]) => [String(status), `\`${error}\``, message]),
  ],
  exits: [
    ['Code', 'Meaning'],
    ...Object.entries(exitMeanings).map(([name, meaning]) => [`\`${exitCodes[name as keyof typeof exitCodes]}\``, meaning]),
  ],
  results: benchResults(),
  publishing: [['Code', 'Message'], ...Object.entries(publishFailures).map(([code, message]) => [`\`${code}\``, message])],
}

/** The rows of a table in the text of a manual, their cells without the padding that the formatter adds. Undefined where it has no such table. */
export function tableIn(text: string, name: string): readonly (readonly string[])[] | undefined {
  const lines = tablePattern(name).exec(text)?.[2]?.trim().split('\n')
  return lines?.filter((line) => !/^\|[ |:-]+\|$/.test(line)).map(cellsOf)
}

/** The text of a manual with every table in it made anew. */
export function withTables(text: string): string {
  return Object.entries(readmeTables).reduce(
    (made, [name, rows]) =>
      made.replace(tablePattern(name), (_, start: string, __, end: string) => `${start}\n\n${markdown(rows)}\n\n${end}`),
    text,
  )
}

function markdown([headings = [], ...rows]: readonly (readonly string[])[]): string {
  // Outside of code `<jwt>` would be taken for HTML, and vanish.
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('<', '&lt;')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function cellsOf(line: string): string[] {
  const cells = line.split('|').slice(1, -1)
  return cells.map((cell) => cell.trim().replaceAll('&lt;', '<'))
}

function tablePattern(name: string): RegExp {
  return new RegExp(`(<!-- ${name}: [^>]*-->)([^]*?)(<!-- /${name} -->)`)
}
