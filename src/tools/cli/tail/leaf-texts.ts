/** The leaves of an entity by path, each as its JSON text: `address.city` is `"Berlin"`, `items[0].count` is `2`. */
export type LeafTexts = ReadonlyMap<string, string>

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g
const plainKey = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/**
 * Reads the leaves of the member `data` of a message. Longs arrive as numbers with all their digits, which JSON.parse would round;
 * so numbers are read as their text. Empty arrays and objects count as leaves, or their emptiness could not be seen.
 * @param text must be valid JSON.
 */
export function leafTextsOf(text: string): LeafTexts {
  const leaves = new Map<string, string>()
  const message = JSON.parse(text.replace(tokens, mark)) as Record<string, unknown>
  const data = message['=data']
  if (isContainer(data) && Object.keys(data).length > 0) collect(data, '', leaves)
  return leaves
}

/** Strings and keys begin with `=` after this, and numbers are strings that begin with `#`: neither can pass for the other. */
function mark(token: string): string {
  return token.startsWith('"') ? `"=${token.slice(1)}` : `"#${token}"`
}

function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  if (!isContainer(value)) return void leaves.set(path, leafText(value))
  const members = Object.entries(value)
  if (members.length === 0) leaves.set(path, Array.isArray(value) ? '[]' : '{}')
  for (const [key, member] of members) collect(member, Array.isArray(value) ? `${path}[${key}]` : join(path, key.slice(1)), leaves)
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function leafText(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  return value.startsWith('#') ? value.slice(1) : JSON.stringify(value.slice(1))
}

/** A key with a dot in it (maps have such) must not look like two steps. */
function join(path: string, key: string): string {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
