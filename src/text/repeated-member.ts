/**
 * The path of the first member that an object of a JSON text names twice; undefined where none does. JSON's own parser takes the
 * last one without a word: of two roles of the same name the first would be gone, with all that it hides.
 * @param text valid JSON.
 */
export function repeatedMember(text: string): string | undefined {
  const open: { readonly names: Set<string> | undefined; name: string }[] = []
  for (const token of tokensOf(text)) {
    if (token === '{') open.push({ names: new Set(), name: '' })
    else if (token === '[') open.push({ names: undefined, name: '' })
    else if (token === '}' || token === ']') open.pop()
    else {
      const object = open.at(-1)!
      object.name = JSON.parse(token) as string
      if (object.names!.has(object.name)) return pathOf(open.map(({ name }) => name))
      object.names!.add(object.name)
    }
  }
  return undefined
}

/** The brackets, and the strings that are names. No pattern finds strings here: in one of some megabytes it would exhaust the stack. */
function* tokensOf(text: string): Generator<string> {
  const next = /["{}[\]]/g
  const colon = /\s*:/y
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const [token] = match
    if (token !== '"') yield token
    else {
      next.lastIndex = colon.lastIndex = endOfString(text, match.index)
      if (colon.test(text)) yield text.slice(match.index, next.lastIndex)
    }
  }
}

function endOfString(text: string, start: number): number {
  let end = start + 1
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return end + 1
}

/** Lists have no name. */
function pathOf(names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.')
}
