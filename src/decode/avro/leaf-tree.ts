import { BadRecordError } from '../../errors.js'
import type { AvroNode, RecordNode } from './avro-schema.js'

/** How often one record type may lie on a path: enough for a comment's answers or a part's parts, while the leaves stay few. */
const recursionMax = 4
/** Rules are judged leaf by leaf; hand-written schemas have some hundreds. */
const leavesMax = 10_000
/** Records that hold records multiply without ever giving a leaf; walking them must end as well. */
const stepsMax = 100_000
/** Together with the number of leaves it bounds what a schema takes in memory. */
const pathLengthMax = 1024

/** A step on the paths of a schema; two record branches of a union share the steps that are called the same. */
export interface PathNode {
  readonly path: string
  /** Its index among the leaves, where the path is one. */
  leaf: number | undefined
  readonly children: Map<string, PathNode>
  /** The records whose fields were followed here: another one may have the same paths, and beyond the bound of recursion shows none of them. */
  readonly records: Set<RecordNode>
}

export interface LeafTree {
  readonly root: PathNode
  readonly leaves: readonly string[]
  readonly tags: ReadonlyMap<string, ReadonlySet<number>>
}

/** @throws BadRecordError `schema_invalid` where the schema has too many leaves. */
export function leafTreeOf(record: RecordNode): LeafTree {
  const grower = new LeafTreeGrower()
  grower.grow(record, grower.root, [])
  return grower
}

class LeafTreeGrower implements LeafTree {
  readonly root: PathNode = { path: '', leaf: undefined, children: new Map(), records: new Set() }
  readonly leaves: string[] = []
  readonly tags = new Map<string, Set<number>>()
  private readonly onPath = new Map<RecordNode, number>()
  private steps = 0

  grow(node: AvroNode, place: PathNode, outer: readonly string[]): void {
    const tags = node.tags === undefined ? outer : [...outer, ...node.tags]
    if (++this.steps > stepsMax) throw new BadRecordError('schema_invalid', `more than ${stepsMax} paths`)
    if (node.kind === 'record') this.growRecord(node, place, tags)
    else if (node.kind === 'array') this.grow(node.items, place, tags)
    else if (node.kind === 'map') this.grow(node.values, place, tags)
    else if (node.kind === 'union') this.growUnion(node.branches, place, tags)
    else this.mark(place, tags)
  }

  private growRecord(record: RecordNode, place: PathNode, tags: readonly string[]): void {
    const times = this.onPath.get(record) ?? 0
    if (times === recursionMax) return
    this.onPath.set(record, times + 1)
    place.records.add(record)
    for (const field of record.fields) this.grow(field.type, childOf(place, field.name), [...tags, ...field.tags])
    this.onPath.set(record, times)
  }

  private growUnion(branches: readonly AvroNode[], place: PathNode, tags: readonly string[]): void {
    for (const branch of branches) {
      if (branch.kind !== 'null' || branches.length === 1) this.grow(branch, place, tags)
    }
  }

  private mark(place: PathNode, tags: readonly string[]): void {
    place.leaf ??= this.leaves.push(place.path) - 1
    if (place.leaf === leavesMax) throw new BadRecordError('schema_invalid', `more than ${leavesMax} leaves`)
    for (const tag of tags) this.tagged(tag).add(place.leaf)
  }

  private tagged(tag: string): Set<number> {
    const known = this.tags.get(tag)
    if (known !== undefined) return known
    const leaves = new Set<number>()
    this.tags.set(tag, leaves)
    return leaves
  }
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
