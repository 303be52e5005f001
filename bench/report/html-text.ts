/** Text that stands in HTML as itself, between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** JSON that cannot end the script element it stands in, nor open a comment there. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** A table that scrolls sideways by itself where the screen is narrow. The first row is the headings; figures stand to the right. */
export function htmlTable(rows: readonly (readonly string[])[], leftColumns: number): string {
  const cellsOf = (cells: readonly string[], tag: 'th' | 'td') =>
    cells.map((cell, column) => `<${tag}${column < leftColumns ? '' : ' class="figure"'}>${escapeHtml(cell)}</${tag}>`).join('')
  const [headings = [], ...body] = rows
  const lines = body.map((cells) => `<tr>${cellsOf(cells, 'td')}</tr>`)
  return `<div class="scroll"><table><thead><tr>${cellsOf(headings, 'th')}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table></div>`
}
