import { exitCodes, exitMeanings } from '#tools/cli/exit-codes.js'
import { allowedValues } from '#config/variable-value.js'
import { variables, type Variable } from '#config/variables.js'
import { closeCodes, httpErrors, protocolErrors } from '#protocol/codes.js'
import { publishFailures } from '#publisher/publish-error.js'

/** The README's tables that are made from code, by the name in the comment before each. First row: the headings. */
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
  publishing: [['Code', 'Message'], ...Object.entries(publishFailures).map(([code, message]) => [`\`${code}\``, message])],
}

/** The rows of a table in the README, their cells without the padding that the formatter adds. */
export function tableIn(readme: string, name: string): readonly (readonly string[])[] {
  const lines = tablePattern(name).exec(readme)?.[2]?.trim().split('\n') ?? []
  return lines.filter((line) => !/^\|[ |:-]+\|$/.test(line)).map(cellsOf)
}

/** The README with every table made anew. */
export function withTables(readme: string): string {
  return Object.entries(readmeTables).reduce(
    (text, [name, rows]) =>
      text.replace(tablePattern(name), (_, start: string, __, end: string) => `${start}\n\n${markdown(rows)}\n\n${end}`),
    readme,
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
