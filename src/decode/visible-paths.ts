import type { AvroField, AvroNode } from './avro-schema.js'
import type { LeafSet } from './entity-schema.js'
import type { PathNode } from './leaf-tree.js'

/** What can be seen of a type at a place, given the leaves that are permitted. */
export class VisiblePaths {
  private readonly answers = new Map<PathNode, Map<AvroNode, boolean>>()

  constructor(private readonly leaves: LeafSet) {}

  /** Whether values of this type may show, be it as a mere container. */
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
        return node.fields.some((field) => this.showsField(field, place))
      case 'array':
        return this.shows(node.items, place)
      case 'map':
        return this.shows(node.values, place)
      case 'union':
        return node.branches.some((branch) => this.showsBranch(branch, place))
      default:
        return this.isPermitted(place)
    }
  }

  showsField({ name, type }: AvroField, place: PathNode): boolean {
    const child = place.children.get(name)
    return child !== undefined && this.shows(type, child)
  }

  /** A union's null says that the path has no value: that is for whoever may see some value of the path. */
  showsBranch(branch: AvroNode, place: PathNode): boolean {
    return branch.kind === 'null' ? this.isPermittedUnder(place) : this.shows(branch, place)
  }

  private isPermittedUnder(place: PathNode): boolean {
    return this.isPermitted(place) || [...place.children.values()].some((child) => this.isPermittedUnder(child))
  }

  private isPermitted({ leaf }: PathNode): boolean {
    return leaf !== undefined && this.leaves.has(leaf)
  }
}
