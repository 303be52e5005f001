import { channelPhases, channelTable } from '#client/channel-table.js'
import { linkPhases } from '#client/link.js'
import { linkTable } from '#client/link-table.js'

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

/** `goStale`: go stale. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function codeOf(name: string): string {
  return `\`${name}\``
}
