import { visit } from 'jsonc-parser'

/**
 * The path of the first member that an object of a JSON text names twice; undefined where none does. JSON's own parser takes the
 * last one without a word: of two roles of the same name the first would be gone, with all that it hides.
 * @param text that is JSON, not nested too deep to be walked.
 */
export function repeatedMember(text: string): string | undefined {
  const open: Set<string>[] = []
  let repeated: string | undefined
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name, _offset, _length, _line, _column, around) => {
      const names = open.at(-1)!
      if (names.has(name)) repeated ??= pathOf([...around(), name])
      names.add(name)
    },
  })
  return repeated
}

/** Lists have no name. */
function pathOf(steps: readonly (string | number)[]): string {
  return steps.filter((step) => typeof step === 'string' && step !== '').join('.')
}
