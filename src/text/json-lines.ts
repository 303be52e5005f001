import { findNodeAtLocation, type JSONPath, type ParseError, parseTree } from 'jsonc-parser'

/** Where the members of a JSON text stand, and where a text is none. */
export class JsonLines {
  private readonly root: ReturnType<typeof parseTree>
  private readonly faults: ParseError[] = []
  private readonly ends: readonly number[]

  /** @throws RangeError where it is nested too deep to be walked. */
  constructor(text: string) {
    this.root = parseTree(text, this.faults, { disallowComments: true })
    this.ends = [...text.matchAll(/\n/g)].map(({ index }) => index)
  }

  /** The line of the value at a path, such as `['roles', 'support', 0]`, from 1; of the nearest around it where there is none. */
  of(path: JSONPath): number {
    for (let length = path.length; length > 0; length--) {
      const node = this.root && findNodeAtLocation(this.root, path.slice(0, length))
      if (node !== undefined) return this.lineAt(node.offset)
    }
    return 1
  }

  /** The first line in which the text is no JSON, from 1; Node's own parser tells it in some of its messages only. */
  get faulty(): number {
    return this.lineAt(this.faults[0]?.offset ?? 0)
  }

  private lineAt(offset: number): number {
    const after = this.ends.findIndex((end) => end >= offset)
    return after === -1 ? this.ends.length + 1 : after + 1
  }
}
