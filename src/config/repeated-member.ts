/**
 * The path of the first member that an object of a JSON text names twice; undefined where none does. JSON's own parser takes the
 * last one without a word: of two roles of the same name the first would be gone, with all that it hides.
 * @param text valid JSON.
 */
export function repeatedMember(text: string): string | undefined {
  const open: { readonly names: Set<string> | undefined; name: string }[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push({ names: new Set(), name: '' })
    else if (token === '[') open.push({ names: undefined, name: '' })
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const object = open.at(-1)!
      object.name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      if (object.names!.has(object.name)) return pathOf(open.map(({ name }) => name))
      object.names!.add(object.name)
    }
  }
  return undefined
}

/** Lists have no name. */
function pathOf(names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.')
}
