import { channelPhases, channelTable } from '#client/channel-table.js'
import { linkPhases } from '#client/link.js'
import { linkTable } from '#client/link-table.js'
import ts from 'typescript'
import { SourceFile } from './source-file.js'

/** The headings, and the rows below. */
type Table = readonly [string[], string[][]]

/** What a link does by event and phase, in the words of the functions that do it. */
export function linkPhaseTable(): Table {
  const rows = Object.entries(linkTable).map(([event, cells]) => [
    `\`${event}\``,
    ...cells.map(({ name }) => (name === 'stay' ? '' : wordsOf(name))),
  ])
  return [['Event', ...linkPhases.map(codeOf)], rows]
}

/** What becomes of a subscription, by event and phase: its next phase, and what is done. */
export function channelPhaseTable(): Table {
  const rows = Object.entries(channelTable).map(([event, cells]) => {
    return [
      codeOf(event),
      ...cells.map(([phase, ...effects], index) =>
        phase === channelPhases[index] && effects.length === 0 ? '' : [codeOf(phase), ...effects].join(', '),
      ),
    ]
  })
  return [['Event', ...channelPhases.map(codeOf)], rows]
}

/** The options of an interface in `api.ts`, as they are explained there. */
export function optionTable(name: 'ClientOptions' | 'SubscribeOptions'): Table {
  const { node } = new SourceFile('src/client/api.ts').types.find((type) => type.name === name)!
  const rows = (node as ts.InterfaceDeclaration).members.map((member) => [codeOf(member.name!.getText()), commentOf(member)])
  return [['Option', 'Meaning'], rows]
}

function commentOf(member: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
  return comments.join(' ').replaceAll('\n', ' ')
}

/** `goStale`: go stale. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function codeOf(name: string): string {
  return `\`${name}\``
}
