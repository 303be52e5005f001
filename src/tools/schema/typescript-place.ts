import { leafTreeOf, type PathNode } from '#avro/schema/leaf-tree.js'
import { VisiblePaths } from '#avro/schema/visible-paths.js'
import type { RecordType, SchemaField, SchemaType } from '#schema/model/schema-model.js'

/** Whether a value is in what a client is sent of an event: in every event, in some, in none. */
export type Presence = 'always' | 'sometimes' | 'never'

/** A place in an entity, which decides what is written of the types that stand there. */
export interface TypescriptPlace {
  /** At places with the same key a type is written the same. */
  readonly key: string
  presenceOf(type: SchemaType): Presence
  under(field: SchemaField): TypescriptPlace
}

/** Where nobody has said whose rights the types are for: whatever they are, some client sees it and another does not. */
export const anyPlace: TypescriptPlace = {
  key: '',
  presenceOf: () => 'sometimes',
  under: () => anyPlace,
}

/** @param leaves of each leaf, in the schema's order, whether it is sent. */
export function rootPlace(root: RecordType, leaves: readonly Presence[]): TypescriptPlace {
  const some = leavesWhere(leaves, (presence) => presence !== 'never')
  const all = leavesWhere(leaves, (presence) => presence === 'always')
  return new JudgedPlace(leafTreeOf(root).root, leaves, new VisiblePaths(some), new VisiblePaths(all))
}

function leavesWhere(leaves: readonly Presence[], test: (presence: Presence) => boolean): Set<number> {
  return new Set(leaves.flatMap((presence, leaf) => (test(presence) ? [leaf] : [])))
}

/** What the gateway's projections write at a path, of the leaves that are ever permitted and of those that always are. */
class JudgedPlace implements TypescriptPlace {
  constructor(
    private readonly node: PathNode,
    private readonly leaves: readonly Presence[],
    private readonly ever: VisiblePaths,
    private readonly always: VisiblePaths,
  ) {}

  get key(): string {
    return JSON.stringify(this.shapeOf(this.node))
  }

  presenceOf(type: SchemaType): Presence {
    const branches = type.kind === 'union' ? type.branches : [type]
    if (!branches.some((branch) => this.ever.showsBranch(branch, this.node))) return 'never'
    return branches.every((branch) => this.always.showsBranch(branch, this.node)) ? 'always' : 'sometimes'
  }

  under({ name }: SchemaField): TypescriptPlace {
    return new JudgedPlace(this.node.children.get(name)!, this.leaves, this.ever, this.always)
  }

  private shapeOf({ leaf, records, children }: PathNode): unknown {
    const own = leaf === undefined ? null : this.leaves[leaf]
    return [own, [...records].map(({ name }) => name), [...children].map(([name, child]) => [name, this.shapeOf(child)])]
  }
}
