import { type Node, parseTree } from 'jsonc-parser'

/** The leaves of an entity by path, each as its JSON text: `address.city` is `"Berlin"`, `items[0].count` is `2`. */
export type LeafTexts = ReadonlyMap<string, string>

const plainKey = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/**
 * Reads the leaves of the member `data` of a message. Longs arrive as numbers with all their digits, which JSON.parse would round;
 * so numbers are read as their text. Empty arrays and objects count as leaves, or their emptiness could not be seen.
 * @param text must be valid JSON.
 */
export function leafTextsOf(text: string): LeafTexts {
  const leaves = new Map<string, string>()
  const collect = (value: Node, path: string): void => {
    const parts = childrenOf(value, path)
    if (parts.length === 0) leaves.set(path, leafText(value, text))
    for (const [within, part] of parts) collect(part, within)
  }
  const data = membersOf(parseTree(text)!).get('data')
  for (const [path, part] of data === undefined ? [] : childrenOf(data, '')) collect(part, path)
  return leaves
}

/** The members or elements of a value, by path. */
function childrenOf(value: Node, path: string): [string, Node][] {
  if (value.type === 'object') return Array.from(membersOf(value), ([key, member]) => [join(path, key), member])
  return value.type === 'array' ? value.children!.map((item, index) => [`${path}[${index}]`, item]) : []
}

/** The members in the order of the text. Of members with one name the last counts, as in JSON's own parser. */
function membersOf({ children = [] }: Node): ReadonlyMap<string, Node> {
  return new Map(children.map(({ children: parts }) => [parts![0]!.value as string, parts![1]!]))
}

/** Strings are written anew, so that another text of the same string does not count as a change. */
function leafText({ type, value, offset, length }: Node, text: string): string {
  if (type === 'array') return '[]'
  if (type === 'object') return '{}'
  return type === 'string' ? JSON.stringify(value) : text.slice(offset, offset + length)
}

/** A key with a dot in it (maps have such) must not look like two steps. */
function join(path: string, key: string): string {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
