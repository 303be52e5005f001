import { exactText } from '#text/exact-text.js'

/** The leaves of an entity by path, each as its JSON text: `address.city` is `"Berlin"`, `items[0].count` is `2`. */
export type LeafTexts = ReadonlyMap<string, string>

const plainKey = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/**
 * The leaves of an entity's data. Empty arrays and objects count as leaves, or their emptiness could not be seen.
 * @param data as JSON has it, with bigints for what numbers would round.
 */
export function leafTextsOf(data: object): LeafTexts {
  const leaves = new Map<string, string>()
  const collect = (value: unknown, path: string): void => {
    const parts = partsOf(value, path)
    if (parts.length === 0) leaves.set(path, exactText(value))
    for (const [within, part] of parts) collect(part, within)
  }
  for (const [path, part] of partsOf(data, '')) collect(part, path)
  return leaves
}

/** The members or elements of a value, by path. */
function partsOf(value: unknown, path: string): [string, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [`${path}[${index}]`, item])
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, member]) => [join(path, key), member])
}

/** A key with a dot in it (maps have such) must not look like two steps. */
function join(path: string, key: string): string {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
