import { visit } from 'jsonc-parser'

/**
 * The path of the first member that an object of a JSON text names twice; undefined where none does. JSON's own parser silently takes the
 * last one: of two roles with the same name the first would be gone, with all that it hides.
 * @param text JSON that is not nested too deep to be walked.
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

/** The names on the way; the indexes of lists are left out. */
function pathOf(steps: readonly (string | number)[]): string {
  return steps.filter((step) => typeof step === 'string' && step !== '').join('.')
}
