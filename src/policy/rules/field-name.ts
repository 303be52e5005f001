/**
 * A name of a field, as rules may have it: all that writers take, which is more than identifiers (`order-status`, `$status`, `2nd`). A dot would be a
 * step, an asterisk a pattern, a colon a misspelt tag, and digits alone the place in a list.
 */
export const fieldName = /^(?!\s|\d+$)[^.*:{}[\]"\p{Cc}]+(?<!\s)$/u

/** Tells lists of paths apart: a name may have a comma, and no line break. */
export function pathsKey(paths: readonly string[]): string {
  return paths.join('\n')
}
