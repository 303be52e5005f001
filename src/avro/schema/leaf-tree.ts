import { BadRecordError } from '#errors.js'
import type { AvroNode, RecordNode } from './avro-schema.js'
import { LeafTags, type TagChain, tagged } from './leaf-tags.js'
import { entriesMet, type TagEntry, type TagWalk } from './tag-paths.js'
import type { TagTrail } from './tag-trail.js'

/** How often one record type may lie on a path: enough for a comment's answers or a part's parts, while the leaves stay few. */
export const recursionMax = 4
/** The limit of leaves, as rules are judged leaf by leaf. Hand-written schemas have some hundreds. */
const leavesMax = 10_000
/** Records that hold records multiply without ever giving a leaf; walking them must end as well. */
const stepsMax = 100_000
/** Together with the number of leaves this bounds the memory of a schema. */
const pathLengthMax = 1024
/** The depth of records, lists and unions within one another: walking them must not overflow the stack. No value is read deeper than 64. */
const depthMax = 500

/** A step on the paths of a schema. Record branches of a union share their steps with the same name. */
export interface PathNode {
  readonly path: string
  /** The index among the leaves, where the path is one. */
  leaf: number | undefined
  readonly children: Map<string, PathNode>
  /**
   * The records whose fields were followed here. Another record may have the same paths, but one beyond the bound of recursion shows none
   * of them.
   */
  readonly records: Set<RecordNode>
}

export interface LeafTree {
  readonly root: PathNode
  readonly leaves: readonly string[]
  readonly tags: ReadonlyMap<string, ReadonlySet<number>>
  /** The entries beside the schema whose tags some leaf carries. */
  readonly met: ReadonlySet<TagEntry>
  /** How often a record may lie on a path; less than usual where the schema would have too many leaves. */
  readonly recursion: number
}

/** The tags beside the schema, as they stand where the record begins. */
export interface TagsAround {
  readonly trail: TagTrail
  readonly walk: TagWalk
  readonly entries: readonly TagEntry[]
}

/**
 * The tree of a record's leaves. A recursive record that is too wide is followed less deep: no event has all those leaves.
 * @throws BadRecordError `schema_invalid` where the schema has too many leaves.
 */
export function leafTreeOf(record: RecordNode, around?: TagsAround): LeafTree {
  for (let recursion = recursionMax; ; recursion--) {
    const grower = new LeafTreeGrower(recursion, around?.trail)
    try {
      grower.growFrom(record, around)
      return grower
    } catch (error) {
      if (recursion === 1 || !grower.isRecursive || !(error instanceof BadRecordError)) throw error
    }
  }
}

class LeafTreeGrower implements LeafTree {
  readonly root: PathNode = { path: '', leaf: undefined, children: new Map(), records: new Set() }
  readonly leaves: string[] = []
  isRecursive = false
  private readonly leafTags = new LeafTags()
  private readonly onPath = new Map<RecordNode, number>()
  private steps = 0
  private depth = 0

  constructor(
    readonly recursion: number,
    private readonly trail: TagTrail | undefined,
  ) {}

  get tags(): ReadonlyMap<string, ReadonlySet<number>> {
    return this.leafTags.leaves
  }

  get met(): ReadonlySet<TagEntry> {
    return this.leafTags.met
  }

  growFrom(record: RecordNode, around: TagsAround | undefined): void {
    this.grow(record, this.root, withEntries(undefined, around?.entries ?? []), around?.walk ?? [])
  }

  private grow(node: AvroNode, place: PathNode, outer: TagChain | undefined, walk: TagWalk): void {
    if (++this.steps > stepsMax) throw new BadRecordError('schema_invalid', `more than ${stepsMax} paths`)
    if (++this.depth > depthMax) throw new BadRecordError('schema_invalid', `nested deeper than ${depthMax}`)
    const tags = tagged(outer, node.tags)
    if (node.kind === 'record') this.growRecord(node, place, tags, walk)
    else if (node.kind === 'array') this.grow(node.items, place, tags, walk)
    else if (node.kind === 'map') this.grow(node.values, place, tags, walk)
    else if (node.kind === 'union') this.growUnion(node.branches, place, tags, walk)
    else this.mark(place, tags)
    this.depth--
  }

  private growRecord(record: RecordNode, place: PathNode, outer: TagChain | undefined, outerWalk: TagWalk): void {
    const times = this.onPath.get(record) ?? 0
    if (times > 0) this.isRecursive = true
    if (times === this.recursion) return
    this.onPath.set(record, times + 1)
    place.records.add(record)
    const walk = this.trail?.intoRecord(outerWalk, record.name) ?? outerWalk
    const tags = withEntries(outer, entriesMet(walk, outerWalk))
    for (const field of record.fields) {
      if (field.isMark === true) continue
      const fieldWalk = this.trail?.intoField(walk, field.name) ?? walk
      const around = withEntries(tagged(tags, field.tags), entriesMet(fieldWalk, walk))
      this.grow(field.type, childOf(place, field.name), around, fieldWalk)
    }
    this.onPath.set(record, times)
  }

  private growUnion(branches: readonly AvroNode[], place: PathNode, tags: TagChain | undefined, walk: TagWalk): void {
    for (const branch of branches) {
      if (branch.kind !== 'null' || branches.length === 1) this.grow(branch, place, tags, walk)
    }
  }

  private mark(place: PathNode, tags: TagChain | undefined): void {
    place.leaf ??= this.leaves.push(place.path) - 1
    if (place.leaf === leavesMax) throw new BadRecordError('schema_invalid', `more than ${leavesMax} leaves`)
    this.leafTags.add(place.leaf, tags)
  }
}

function withEntries(outer: TagChain | undefined, entries: readonly TagEntry[]): TagChain | undefined {
  return entries.reduce<TagChain | undefined>((chain, entry) => ({ tags: entry.tags, entry, outer: chain }), outer)
}

function childOf(parent: PathNode, name: string): PathNode {
  const known = parent.children.get(name)
  if (known !== undefined) return known
  const path = parent.path === '' ? name : `${parent.path}.${name}`
  if (path.length > pathLengthMax) throw new BadRecordError('schema_invalid', `a path of more than ${pathLengthMax} characters`)
  const child: PathNode = { path, leaf: undefined, children: new Map(), records: new Set() }
  parent.children.set(name, child)
  return child
}
