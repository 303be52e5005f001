import type { AvroNode, RecordNode, ScalarNode } from '../schema/avro-schema.js'
import { leafTreeOf, type PathNode } from '../schema/leaf-tree.js'
import { VisiblePaths } from '../schema/visible-paths.js'
import type { AvroSink } from './avro-sink.js'

/**
 * How freely a value may be understood. A union's branch is chosen by it:
 * - `none`: clients will see the value exactly as it is, and no member is missing or left out.
 * - `text`: also a text that has to be read (a date, a decimal), where clients will see it with the same digits.
 * - `any`: everything that may be meant (the number of a decimal, the text of a long, a missing member).
 */
export type Latitude = 'none' | 'text' | 'any'
export const latitudes: readonly Latitude[] = ['none', 'text', 'any']

/** Writes a value. Where it throws an InvalidEntityError, the sink holds part of the value. */
export type WriteValue = (sink: AvroSink, value: unknown, latitude: Latitude) => void

/** The form of values: as services hold them, as clients see them, or as a schema writes its defaults. */
export interface ValueForm {
  scalarWriterOf(node: ScalarNode): WriteValue
  /** Whether a member that the schema does not have is an error even with latitude `any`; otherwise it is left out. */
  readonly isClosed: boolean
  /** Set where values are those that clients see. It tells what is shown, so that the rest may be missing. */
  readonly view: View | undefined
}

/** What clients with all rights see of a record. Undefined places are deeper than is shown. */
export class View {
  readonly root: PathNode
  private readonly visible: VisiblePaths

  constructor(record: RecordNode) {
    const { root, leaves } = leafTreeOf(record)
    this.root = root
    this.visible = new VisiblePaths(new Set(leaves.keys()))
  }

  /** A union's null is visible where anything of its path is, even by way of another record. */
  hides(node: AvroNode, place: PathNode | undefined): boolean {
    if (place === undefined) return true
    const branches = node.kind === 'union' ? node.branches : [node]
    return !branches.some((branch) => this.visible.showsBranch(branch, place))
  }
}
