import { findNodeAtLocation, type JSONPath, parseTree } from 'jsonc-parser'

/** Where the members of a JSON text stand. */
export class JsonLines {
  private readonly root: ReturnType<typeof parseTree>
  private readonly ends: readonly number[]

  constructor(text: string) {
    this.root = parseTree(text)
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

  private lineAt(offset: number): number {
    const after = this.ends.findIndex((end) => end >= offset)
    return after === -1 ? this.ends.length + 1 : after + 1
  }
}
