/** Columns of text, each as wide as its widest cell. The last column is not padded. */
export function textTable(rows: readonly (readonly string[])[], indent = ''): string {
  const widths = rows.reduce<number[]>((known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)), [])
  const lines = rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join('  '))
  return lines.map((line) => `${indent}${line}\n`).join('')
}
