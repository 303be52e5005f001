import { entriesMet, joined, steppedInto, type TagEntry, type TagWalk } from './tag-paths.js'
import type { TagsBeside, TagSource } from './tags-beside.js'

/**
 * Where an entity's record lies in its schema: the name of the root's record, and the fields that hold the entity's record. An undefined
 * field means the root itself.
 */
export interface WayToRecord {
  readonly rootName: string
  readonly fields: readonly (string | undefined)[]
}

/** The limit of steps of single paths. A schema has at most 100,000 places, and only some paths are followed at a time. */
const workMax = 5_000_000

/**
 * Follows the paths of tags beside a schema through it. A path may begin at the schema's root, with or without the root's name, or at any
 * record on the way with that record's name before it. Names may have their namespace.
 */
export class TagTrail {
  private readonly sources: readonly TagSource[]
  private readonly startsOf = new Map<string, TagWalk>()
  private work = 0

  constructor(tags: readonly TagsBeside[]) {
    this.sources = tags.flatMap(({ sources }) => sources)
  }

  /** Whether there were too many paths to follow, so that tags may be missing. */
  get isExhausted(): boolean {
    return this.work > workMax
  }

  /** The state where the entity's record begins, and the entries that were met on the way to it. */
  toRecord({ rootName, fields }: WayToRecord): { walk: TagWalk; entries: readonly TagEntry[] } {
    const root = this.sources.filter(({ isReference }) => !isReference).map((source) => this.fromRoot(source, rootName))
    const start = this.intoRecord([...new Set(root.flat())], rootName)
    const walks = fields.map((name) => (name === undefined ? start : this.intoField(start, name)))
    const walk = [...new Set(walks.flat())]
    return { walk, entries: entriesMet([...new Set([...start, ...walk])], []) }
  }

  intoRecord(walk: TagWalk, name: string): TagWalk {
    const starts = this.startsOf.get(name) ?? this.startsIn(name)
    this.startsOf.set(name, starts)
    return this.counted(joined(walk, starts))
  }

  intoField(walk: TagWalk, name: string): TagWalk {
    return this.counted(steppedInto(walk, name))
  }

  /** An earlier version of the type may have had another name. */
  private fromRoot(source: TagSource, rootName: string): TagWalk {
    const names = [source.rootName ?? rootName].filter((name) => name !== rootName)
    return [...source.paths.start(), ...names.flatMap((name) => this.named(source, name))]
  }

  private startsIn(record: string): TagWalk {
    return this.sources.flatMap((source) => {
      const isItsRoot = source.isReference && source.rootName === record
      return [...(isItsRoot ? source.paths.start() : []), ...this.named(source, record)]
    })
  }

  private named({ paths }: TagSource, name: string): TagWalk {
    const full = name.split('.')
    return [full, full.slice(-1)].flatMap((steps) => steps.reduce<TagWalk>((walk, step) => steppedInto(walk, step), paths.start()))
  }

  private counted(walk: TagWalk): TagWalk {
    this.work += walk.length
    return this.isExhausted ? [] : walk
  }
}
