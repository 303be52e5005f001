import { leafTextsOf, type LeafTexts } from './leaf-texts.js'
import type { Paint } from '../paint.js'
import { printable } from '#text/printable.js'
import type { Missed } from '#client/sluice-client.js'
import type { EntityChange } from './tail.js'

/** The width of the column of paths. A wider path pushes only its own value to the right. */
const pathColumnsMax = 40

interface Line {
  readonly mark: ' ' | '~' | '+' | '-'
  readonly path: string
  readonly value: string
  readonly was?: string
}

const missedWords: Readonly<Record<Missed['because'], string>> = {
  not_resumed: 'left out, as they came while there was no connection',
  slow: 'left out, as they came too fast',
  queue_full: 'left out, as they came too fast',
  too_large: 'left out, as a frame has no room for it',
  rights: 'left out, as they may not be seen any more',
}

/**
 * Enters: changes. Leaves: lines for people: what was left out before, a head with time, operation, type and id, then a line for each field.
 * Compared with the entity's last change, `~` marks a field that changed, `+` one that came, and `-` one that went or may no longer be seen.
 */
export class UpdateText {
  /** The last change of each entity that is there. As many as the server's types are to an id, or as many as it lets a list have. */
  private readonly lastSeen = new Map<string, LeafTexts>()

  constructor(private readonly paint: Paint) {}

  render(change: EntityChange): string {
    const leaves = leafTextsOf(change.data ?? {})
    const lines = this.fieldLines(change, leaves)
    const columns = Math.max(0, ...lines.map(({ path }) => path.length).filter((length) => length <= pathColumnsMax))
    const all = [...this.missedLines(change), this.head(change), ...lines.map((line) => this.lineText(line, columns))]
    return all.map((line) => `${line}\n`).join('')
  }

  private missedLines({ missed, entityType, entityId }: EntityChange): string[] {
    if (missed === undefined) return []
    const { count, because } = missed
    const what = count === undefined ? 'updates' : count === 1 ? '1 update' : `${count} updates`
    return [this.paint.changed(printable(`… ${what} of ${entityType} ${entityId} ${missedWords[because]}`))]
  }

  private fieldLines({ entityType, entityId, operation }: EntityChange, leaves: LeafTexts): Line[] {
    const key = JSON.stringify([entityType, entityId])
    const before = this.lastSeen.get(key)
    if (operation === 'delete') {
      this.lastSeen.delete(key)
      return []
    }
    this.lastSeen.set(key, leaves)
    return compare(before ?? leaves, leaves)
  }

  private head({ timestamp, operation, entityType, entityId }: EntityChange): string {
    const [time, what, type, id] = [timestamp ?? 'no time', operation, entityType, entityId].map(printable)
    // A snapshot is no change: nothing has happened.
    const paint = operation === 'snapshot' ? this.paint.faint : this.paint.strong
    return `${this.paint.faint(time!)}  ${paint(what!.padEnd(6))}  ${type!}  ${this.paint.strong(id!)}`
  }

  private lineText({ mark, path, value, was }: Line, columns: number): string {
    const start = `  ${mark} ${printable(path).padEnd(columns)}  `
    if (mark === '-') return this.paint.gone(start.trimEnd())
    const text = start + printable(value)
    if (was !== undefined) return `${this.paint.changed(text)}  ${this.paint.faint(`was ${printable(was)}`)}`
    return mark === '+' ? this.paint.added(text) : text
  }
}

/** The lines in the order of the update, with the fields that went at the end. */
function compare(before: LeafTexts, leaves: LeafTexts): Line[] {
  const gone = [...before.keys()].filter((path) => !leaves.has(path))
  return [
    ...Array.from(leaves, ([path, value]) => compareLeaf(before.get(path), path, value)),
    ...gone.map((path): Line => ({ mark: '-', path, value: '' })),
  ]
}

function compareLeaf(was: string | undefined, path: string, value: string): Line {
  if (was === undefined) return { mark: '+', path, value }
  return was === value ? { mark: ' ', path, value } : { mark: '~', path, value, was }
}
