import { leafTextsOf, type LeafTexts } from './leaf-texts.js'
import type { Paint } from '../paint.js'
import { printable } from '../printable.js'
import type { GapMessage, UpdateMessage } from '#protocol/message.js'

/** The width of the column of paths. A wider path pushes only its own value to the right. */
const pathColumnsMax = 40

interface Line {
  readonly mark: ' ' | '~' | '+' | '-'
  readonly path: string
  readonly value: string
  readonly was?: string
}

/**
 * Enters: updates, and what was left out between them. Leaves: lines for people: a head with time, operation, type and id, then a line for each field. Compared with the
 * entity's last update, `~` marks a field that changed, `+` one that came, and `-` one that went or may no longer be seen.
 */
export class UpdateText {
  /** The last update by entity type, as one id may stand for an entity of each type. The server's types are a limit to its size. */
  private readonly lastSeen = new Map<string, LeafTexts>()

  constructor(private readonly paint: Paint) {}

  /** @param text the JSON that the message was read from. */
  render(message: UpdateMessage | GapMessage, text: string): string {
    return message.type === 'gap' ? this.gapText(message) : this.updateText(message, text)
  }

  private gapText({ entity_type, entity_id, missed }: GapMessage): string {
    const what = missed === 1 ? '1 update' : `${missed} updates`
    return `${this.paint.changed(printable(`… ${what} of ${entity_type} ${entity_id} left out, as they came too fast`))}\n`
  }

  private updateText(update: UpdateMessage, text: string): string {
    const leaves = leafTextsOf(text)
    const lines = this.fieldLines(update, leaves)
    const columns = Math.max(0, ...lines.map(({ path }) => path.length).filter((length) => length <= pathColumnsMax))
    return [this.head(update), ...lines.map((line) => this.lineText(line, columns))].map((line) => `${line}\n`).join('')
  }

  private fieldLines(update: UpdateMessage, leaves: LeafTexts): Line[] {
    const key = JSON.stringify([update.entity_type, update.entity_id])
    const before = this.lastSeen.get(key)
    if (update.operation === 'delete') {
      this.lastSeen.delete(key)
      return []
    }
    this.lastSeen.set(key, leaves)
    return compare(before ?? leaves, leaves)
  }

  private head({ timestamp, operation, entity_type, entity_id }: UpdateMessage): string {
    const [time, what, type, id] = [timestamp ?? 'no time', operation, entity_type, entity_id].map(printable)
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
