import { findNodeAtLocation, type JSONPath, type ParseError, parseTree } from 'jsonc-parser'

/** Finds the lines of members in a JSON text, and of the fault in a text that is not JSON. */
export class JsonLines {
  private readonly root: ReturnType<typeof parseTree>
  private readonly faults: ParseError[] = []
  private readonly ends: readonly number[]

  /** @throws RangeError where the text is nested too deep to be walked. */
  constructor(text: string) {
    this.root = parseTree(text, this.faults, { disallowComments: true })
    this.ends = [...text.matchAll(/\n/g)].map(({ index }) => index)
  }

  /**
   * The line, from 1, of the value at a path such as `['roles', 'support', 0]`. Where there is none it is that of the nearest value around
   * it.
   */
  of(path: JSONPath): number {
    for (let length = path.length; length > 0; length--) {
      const node = this.root && findNodeAtLocation(this.root, path.slice(0, length))
      if (node !== undefined) return this.lineAt(node.offset)
    }
    return 1
  }

  /** The first line, from 1, that is not JSON. Node's own parser tells it only in some of its messages. */
  get faulty(): number {
    return this.lineAt(this.faults[0]?.offset ?? 0)
  }

  private lineAt(offset: number): number {
    const after = this.ends.findIndex((end) => end >= offset)
    return after === -1 ? this.ends.length + 1 : after + 1
  }
}
