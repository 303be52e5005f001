/**
 * The JSON text of a value that may hold bigints, whose digits it has as they are. Members that are undefined are left out.
 * @param namesOf the members of an object, in the order in which they are written.
 */
export function exactText(value: unknown, namesOf: (value: object) => readonly string[] = Object.keys): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => exactText(item, namesOf)).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const member = (name: string): unknown => value[name as keyof typeof value]
  const names = namesOf(value).filter((name) => member(name) !== undefined)
  return `{${names.map((name) => `${JSON.stringify(name)}:${exactText(member(name), namesOf)}`).join()}}`
}
