import type { AvroField, AvroNode, UnionNode } from './avro-schema.js'
import type { LeafSet } from '../entity-schema.js'
import type { PathNode } from './leaf-tree.js'

/** What is visible of a type at a place, given the permitted leaves. */
export class VisiblePaths {
  private readonly answers = new Map<PathNode, Map<AvroNode, boolean>>()

  constructor(private readonly leaves: LeafSet) {}

  /** Whether a leaf of this type is permitted, so that its values show, even if only as containers. */
  shows(node: AvroNode, place: PathNode): boolean {
    const answers = this.answers.get(place) ?? new Map<AvroNode, boolean>()
    this.answers.set(place, answers)
    const known = answers.get(node)
    if (known !== undefined) return known
    const answer = this.judge(node, place)
    answers.set(node, answer)
    return answer
  }

  private judge(node: AvroNode, place: PathNode): boolean {
    switch (node.kind) {
      case 'record':
        return place.records.has(node) && node.fields.some((field) => this.showsField(field, place))
      case 'array':
        return this.shows(node.items, place)
      case 'map':
        return this.shows(node.values, place)
      case 'union':
        return node.branches.some((branch) => !isAbsence(branch, node) && this.shows(branch, place))
      default:
        return this.isPermitted(place)
    }
  }

  showsField({ name, type }: AvroField, place: PathNode): boolean {
    const child = place.children.get(name)
    if (child === undefined) return false
    return this.shows(type, child) || (type.kind === 'union' && type.branches.some((branch) => this.showsAbsence(branch, child)))
  }

  showsBranch(branch: AvroNode, place: PathNode): boolean {
    return this.shows(branch, place) || this.showsAbsence(branch, place)
  }

  /** A union's null says that the path has no value. It is shown to anybody who may see some value of the path. */
  private showsAbsence(branch: AvroNode, place: PathNode): boolean {
    return branch.kind === 'null' && this.isPermittedUnder(place)
  }

  private isPermittedUnder(place: PathNode): boolean {
    return this.isPermitted(place) || [...place.children.values()].some((child) => this.isPermittedUnder(child))
  }

  private isPermitted({ leaf }: PathNode): boolean {
    return leaf !== undefined && this.leaves.has(leaf)
  }
}

/** Whether the branch is a null beside other types. It is not a leaf, but says that there is no value. */
function isAbsence(branch: AvroNode, { branches }: UnionNode): boolean {
  return branch.kind === 'null' && branches.length > 1
}
