import type { SampleUser } from '#sample/users.js'
import { orderId, type OrderViews } from './order-views.js'

/** Where the top README finds it. */
export const orderPicturePath = 'src/sample/one-order-three-people.svg'

/** Units of the drawing; a page shows it about as wide. */
const width = 920
const fieldsWidth = 206
const columnWidth = 226
const gap = 12
const headHeight = 84
const rowHeight = 22
/** Of a letter of the monospaced font at the size of the rows. */
const letterWidth = 7.3
const noteLetters = 32
const caption = 'one update of it, as it was sent to three users'

/** What is drawn follows the colours of the system: an image cannot know those of the page. */
const style = `
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
  .name { font-size: 15px; font-weight: 600 }
  .note { font-size: 10.5px; fill: #59636e }
  .field { fill: #59636e }
  .card { fill: #f6f8fa; stroke: #d1d9e0 }
  .hidden { fill: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .note, .field { fill: #9198a1 }
    .card { fill: #151b23; stroke: #3d444d }
    .hidden { fill: #3d444d }
  }`

/** Enters: one update as several people were sent it. Leaves: an SVG, a row for each field and a column for each of them. */
export function orderPicture({ published, views }: OrderViews): string {
  const rows = [...published]
  const bottom = headHeight + rows.length * rowHeight + gap
  const fields = rows.map(([path], row) => text(gap, rowAt(row), 'field', path))
  const columns = views.map(({ user, fields }, column) => {
    const left = fieldsWidth + column * (columnWidth + gap)
    const cells = rows.map(([path, value], row) => cell(left + gap, rowAt(row), value, fields.has(path)))
    return [rect(left, 1, columnWidth, bottom, 'card'), ...head(left + gap, user), ...cells].join('\n')
  })
  const legend = [
    rect(gap, bottom + 18, 40, 10, 'hidden'),
    text(gap + 50, bottom + 28, 'note', 'is not in the frame that this user is sent'),
  ]
  const parts = [`<style>${style}\n</style>`, text(gap, 27, 'name', orderId), ...notes(gap, caption), ...fields, ...columns, ...legend]
  const title = `<title>One update of ${orderId} as ${views.map(({ user }) => user.name).join(', ')} see it</title>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 36}" role="img">\n${[title, ...parts].join('\n')}\n</svg>\n`
}

function head(left: number, { name, sees }: SampleUser): string[] {
  return [text(left, 27, 'name', name), ...notes(left, sees)]
}

function notes(left: number, sentence: string): string[] {
  return linesOf(sentence).map((line, index) => text(left, 44 + 14 * index, 'note', line))
}

function cell(left: number, baseline: number, value: string, isShown: boolean): string {
  return isShown ? text(left, baseline, 'value', value) : rect(left, baseline - 9, Math.round(value.length * letterWidth), 11, 'hidden')
}

function rowAt(row: number): number {
  return headHeight + 16 + row * rowHeight
}

/** Broken between words. */
function linesOf(sentence: string): string[] {
  return sentence.split(' ').reduce<string[]>((lines, word) => {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    return longer.length > noteLetters || lines.length === 0 ? [...lines, word] : [...lines.slice(0, -1), longer]
  }, [])
}

function text(x: number, y: number, kind: string, content: string): string {
  return `<text x="${x}" y="${y}" class="${kind}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
}

function rect(x: number, y: number, wide: number, high: number, kind: string): string {
  return `<rect x="${x}" y="${y}" width="${wide}" height="${high}" rx="${kind === 'card' ? 6 : 2}" class="${kind}"/>`
}
