/** Aligns cells in columns: the first column to the left, figures to the right. The first row is the headings. */
export function textTable(rows: readonly (readonly string[])[], leftColumns: number): string[] {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_none, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column < leftColumns ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
  return rows.map((cells) => `  ${line(cells).join('  ')}`.trimEnd())
}
